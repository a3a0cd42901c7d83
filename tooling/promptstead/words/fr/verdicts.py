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
    "imported-unchanged": (
        "non évalué : le prompt a changé et ses réponses importées n’ont pas changé ; elles ne disent rien de ce "
        "changement"
    ),
}
