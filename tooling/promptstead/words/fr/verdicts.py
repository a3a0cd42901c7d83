"""What is said about a comparison: reasons, what weakens the evidence, verdict lines."""

WORDS: dict[str, str] = {
    "written-by-hand": (
        "non évalué : des réponses écrites à la main, ou données par une doublure, montrent ce que les évaluateurs "
        "acceptent, pas ce que dit un modèle"
    ),
    "nothing-comparable": "non évalué : aucun cas n’a de réponse comparable des deux côtés",
    "too-few-comparable": "seulement {compared} des {judged} cas jugés de la base sont comparables",
    "not-asked-of-both": "non posés aux deux modèles, donc non comparés : {prompts:names}",
    "passes-nothing": (
        "`{evaluator}` n’accepte aucun des {cases} cas, ni sur la base ni sur la tête : il ne peut voir aucune "
        "régression ; vérifiez qu’il lit bien la réponse, et ce que les cas attendent"
    ),
    "not-run-on-head": "il ne s’exécute pas sur la tête",
    "by-evaluator": "{evaluator} : {reason}",
    "must-pass": "des cas qui doivent réussir échouent : {cases:names}",
    "hard-missing": "l’évaluateur strict `{check}` ne s’exécute pas sur la tête",
    "hard-fails": "l’évaluateur strict `{check}` échoue : {cases:names}",
    "cases-removed": "cas retirés : {cases:names}",
    "must-pass-removed": "cas qui ne disent plus `must_pass` (cela vaut encore ici) : {cases:names}",
    "unscored-by": "sans note : {evaluator} : {reason}",
    "case-passes": "cas réussis",
    "no-label-expected": "il donne un libellé, et le cas n’en attend pas",
    "nothing-to-compare": "rien à comparer : aucune assertion ne s’y est appliquée",
    "direction-differs": "son score s’améliore dans le sens contraire de celui des autres cas",
    "new-case": "nouveau cas",
    "removed-case": "cas retiré",
    "on-base": "base : {reason}",
    "on-head": "tête : {reason}",
    "score-on-one-side": "un score d’un côté, réussite ou échec de l’autre",
    "input-changed": "son entrée a changé",
    "script-changed": "ce que l’utilisateur ou un outil y dit a changé",
    "expected-changed": "ce qu’il attend a changé",
    "evaluator-removed": "l’évaluateur `{evaluator}` a été retiré",
    "evaluator-changed": "l’évaluateur `{evaluator}` a changé",
    "evaluator-added": "l’évaluateur `{evaluator}` a été ajouté",
    "unscored": "sans note : {reason}",
    "no-assertion": "aucune assertion ne s’y est appliquée",
    "answer-not-shown": "non montré : la réponse est conservée hors du dépôt",
    "answers-altered": (
        "des réponses ont changé alors que rien n’a été redemandé, d’après leur propre compteur : {cases:names}"
    ),
    "answers-unmarked": "des réponses ne portent plus l’empreinte de ce qui a été reçu : {cases:names}",
    "imported-unchanged": (
        "non évalué : le prompt a changé et ses réponses importées n’ont pas changé ; elles ne disent rien de ce "
        "changement"
    ),
    "clauses": "{clauses}",
    "broken-first": (
        "{evaluator} : {broken} {broken#cassé|cassés} ({names:names}), {fixed} {fixed#réparé|réparés} sur {cases} "
        "cas, {difference}"
    ),
    "fixed-first": (
        "{evaluator} : {fixed} {fixed#réparé|réparés}, {broken} {broken#cassé|cassés} sur {cases} cas, {difference}"
    ),
    "worse-first": (
        "{evaluator} : {worse} {worse#moins bon|moins bons} ({names:names}), {better} {better#meilleur|meilleurs} "
        "sur {cases} cas, {difference}"
    ),
    "better-first": (
        "{evaluator} : {better} {better#meilleur|meilleurs}, {worse} {worse#moins bon|moins bons} sur {cases} cas, "
        "{difference}"
    ),
    "difference-alone": "{difference:+.3g} (sans intervalle)",
    "difference": "{difference:+.3g} (de {lower:+.3g} à {upper:+.3g})",
    "points-alone": "{difference:+.1f} points (sans intervalle)",
    "points": "{difference:+.1f} points (de {lower:+.1f} à {upper:+.1f})",
    "less-is-better": "le plus bas est le meilleur",
    "margin-of-score": "marge : {margin:.3g} des {base:.4g} de la base",
    "method-t": "test t apparié",
    "method-bootstrap": "intervalle bootstrap-t, test exact de permutation des signes",
    "clusters": "{n} {n#grappe|grappes}",
    "alone": (
        "à elle seule, cette comparaison donnerait : {verdict} (p {p:.2g}) ; mais elle est l’une des {family} "
        "faites ensemble"
    ),
    "alone-adjusted": (
        "à elle seule, cette comparaison donnerait : {verdict} (p {p:.2g}) ; mais elle est l’une des {family} "
        "faites ensemble (p corrigé {adjusted:.2g})"
    ),
    "further-cases": (
        "environ {n} cas de plus {n#trancherait|trancheraient} : au plus {calls} {calls#appel|appels}, {cost} "
        "(ajoutez-les des deux côtés, puis `{command}`)"
    ),
    "shortfall": (
        "il faut au moins {n} {n#cas comparable|cas comparables} de plus : "
        "au plus {calls} {calls#appel|appels}, {cost} (`{command}`)"
    ),
    "no-further-cases": "aucun nombre de cas semblables ne trancherait",
    "cost": "coût d’environ {cost:.2g}",
    "cost-unknown": "coût inconnu",
    "likely-rename": "ressemble à `{old}` renommé, qui n’est comparé à rien : donnez-lui `aliases: [{old}]`",
    "not-comparable": "{n} des {judged} cas jugés de la base ne {n#peut|peuvent} être {n#comparé|comparés}",
    "worse-by-itself": (
        "moins bon à lui seul (p {p:.2g}), mais pas au vu des {family} comparaisons de ce rapport (p {adjusted:.2g})"
    ),
    "must-pass-rewritten": "ce que le cas `must_pass` {case} demande ou attend a été modifié",
    "of-prompt": "`{prompt}` : {text}",
    "violations-of": "`{prompt}` : {n} {n#échec interdit|échecs interdits} (évaluateurs stricts ou cas `must_pass`)",
    "findings-of": "`{prompt}` : {n} {n#nouvelle alerte|nouvelles alertes} à corriger",
    "undecided": "`{prompt}` : {verdict}, ce que la politique de la base n’accepte pas",
    "contract-breaks-declared": "`{prompt}` : contrat {old} → {new}, déclaré ; ce qui rompt : {reasons}",
    "contract-breaks-declared-more": (
        "`{prompt}` : contrat {old} → {new}, déclaré ; ce qui rompt : {reasons} ; et {n} de plus"
    ),
    "contract-breaks-undeclared": (
        "`{prompt}` : rupture non déclarée pour les appelants : {reason} ; conservez ce dont ils dépendent, ou écrivez "
        "`contract: {number}`"
    ),
    "contract-misnumbered": (
        "`{prompt}` : rupture pour les appelants, que `contract: {new}` ne déclare pas (le numéro suivant est "
        "{number}) : {reason}"
    ),
    "held-to-former": (
        "les réponses sont jugées selon le contrat {number} : sa modification n’est pas déclarée (si elle l’est, base "
        "et tête sont comparées sur ce que les deux contrats ont en commun)"
    ),
    "run-contracts": (
        "contrat {old} → {new} de `{prompt}` : un fichier d’exécution contient le numéro et non le contrat, donc seuls "
        "les cas de mêmes entrées, valeurs attendues et évaluateurs sont comparés (deux révisions le sont sur ce que "
        "les deux contrats ont en commun)"
    ),
    "compared-on-common": (
        "contrat {old} → {new}, déclaré : les cas sont comparés par identifiant, sur les entrées et les valeurs "
        "attendues communes aux deux contrats"
    ),
    "checks-leave": "non comparés, car un seul des deux contrats a ce qu’ils lisent : {checks}",
    "check-validates-all": "`{check}` valide la réponse entière",
    "check-reads": "`{check}` lit `{place}`, que seul le contrat {number} possède",
    "check-reads-other": "`{check}` lit `{place}`, d’un autre type dans le contrat {number}",
    "check-reads-other-answer": "`{check}` lit la réponse, d’un autre type dans le contrat {number}",
    "check-reads-all": "`{check}` juge la réponse entière, et seul le contrat {number} a `{place}`",
    "check-reads-tool": "`{check}` nomme l’outil `{tool}`, que seul l’un des deux contrats possède",
    "check-combines": "`{check}` en combine d’autres : {reason}",
    "primary-leaves": "`{evaluator}`, qui décide, ne peut être comparé entre les deux contrats",
    "no-input-in-common": "les deux contrats n’ont aucune entrée en commun",
    "outside-contract": "réponses que le contrat {number} ne permet pas : {cases:names}",
    "silent-others": (
        "le contrat {new} n’exclut plus les champs que personne ne décrit : le contrat {old}, qui les exclut, vaut "
        "toujours ; décrivez les nouveaux sous `properties`"
    ),
    "no-evaluator-in-common": "il ne reste aucun évaluateur qui puisse être comparé entre les deux contrats",
    "silent": (
        "le contrat {new} ne dit rien de {places:names} : le contrat {old} y vaut toujours ; excluez ce que les "
        "réponses n’ont plus (`false` comme schéma, ou `additionalProperties: false`), ou dites ce que c’est désormais"
    ),
    "silent-altogether": (
        "le contrat {new} permet n’importe quelle réponse : le contrat {old} vaut toujours ; dites dans "
        "`output.schema` ce que sont désormais les réponses"
    ),
    "contract-violations-of": (
        "`{prompt}` : {n} {n#réponse ne respecte|réponses ne respectent} pas l’un des deux contrats"
    ),
    "contract-breaks": "`{prompt}` : le contrat est rompu : {reason}",
    "not-evaluated": "{n} cas non {n#évalué|évalués}",
    "by-hand-only": (
        "{n} {n#prompt n’a|prompts n’ont} que des réponses écrites à la main ou données par une doublure : elles "
        "montrent ce que les évaluateurs acceptent, pas ce que dit un modèle"
    ),
    "head-unreadable": "la tête n’est pas valide : elle est illisible",
    "head-invalid": "la tête n’est pas valide : {reason}",
    "allowed-because": "un nouveau commentaire autorise {codes:list} : {reason}",
    "allowed-without-reason": "un nouveau commentaire autorise {codes:list} sans donner de raison",
    "lint-says-why": "la tête n’est pas valide : lancez `promptstead lint`",
    "run-stopped": "{run} : l’exécution a été arrêtée avant la fin ; elle contient {rows} {rows#ligne|lignes}",
    "run-shard": "{run} : ce n’est que la part {index} sur {count}",
    "run-dirty": "{run} : des fichiers différaient du commit {commit}",
    "run-uncommitted": "{run} : les fichiers n’étaient dans aucun commit",
    "filters-differ": (
        "les exécutions ont choisi leurs cas par des filtres différents ; ceux d’une seule exécution sont laissés "
        "de côté"
    ),
    "samples-differ": "la base a {base} {base#réponse|réponses} par cas, la tête {head}",
    "at-look": "examen {look} sur {looks}, après {asked} cas sur {total}",
    "limit-reached": "une limite a été atteinte : {at} (le dernier)",
    "stopped-early": "arrêté à l’{at} : {saved} appels épargnés sur {calls}",
    "asked-all": "décidé à l’{at} : aucun appel épargné",
    "with-interval": "{said} (intervalle à {share:.2f} %, valable pour tous les examens ensemble)",
    "calls-failed": "{run} : {n} {n#appel n’a|appels n’ont} pas donné de réponse ({reason})",
    "cases-not-asked": "{prompt} : {n} cas ne {n#sera pas demandé|seront pas demandés} : nouveaux, retirés ou modifiés",
    "only-first-cases": (
        "{prompt} : seuls les premiers cas de {files:names} sont demandés : le fichier est trop grand pour la mémoire"
    ),
    "let-pass-of": (
        "`{prompt}` : {n} {n#contre-exemple réussit|contre-exemples réussissent} à un évaluateur qui doit "
        "{n#l’intercepter|les intercepter} : {names:names}"
    ),
    "counterexample-unjudged": (
        "le contre-exemple `{counterexample}` ne peut plus être évalué par `{evaluator}` : {reason}"
    ),
}
