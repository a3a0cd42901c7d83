"""What is said about a comparison: reasons, what weakens the evidence, verdict lines."""

WORDS = {
    "written-by-hand": (
        "non évalué : des réponses écrites à la main, ou d’une doublure, montrent ce que les évaluateurs acceptent, "
        "pas ce que dit un modèle"
    ),
    "nothing-comparable": "non évalué : aucun cas n’a de réponse comparable des deux côtés",
    "too-few-comparable": "seulement {compared} des {judged} cas jugés de la base sont comparables",
    "must-pass": "des cas qui doivent réussir échouent : {cases:names}",
    "hard-missing": "l’évaluateur strict `{check}` ne s’exécute pas sur la tête",
    "hard-fails": "l’évaluateur strict `{check}` échoue : {cases:names}",
    "cases-removed": "cas retirés : {cases:names}",
    "must-pass-removed": "cas qui ne disent plus `must_pass` (cela vaut encore ici) : {cases:names}",
    "not-run-on-head": "il ne s’exécute pas sur la tête",
    "by-evaluator": "{evaluator} : {reason}",
    "unscored-by": "sans note : {evaluator} : {reason}",
    "case-passes": "cas réussis",
    "no-label-expected": "il donne une étiquette, et le cas n’en attend pas",
    "nothing-to-compare": "rien à comparer : aucune assertion ne s’y est appliquée",
    "unscored": "sans note : {reason}",
    "no-assertion": "aucune assertion ne s’y est appliquée",
    "answer-not-shown": "non montré : la réponse est conservée hors du dépôt",
    "imported-unchanged": (
        "non évalué : le prompt a changé et ses réponses importées n’ont pas changé ; elles ne disent rien de ce "
        "changement"
    ),
}
