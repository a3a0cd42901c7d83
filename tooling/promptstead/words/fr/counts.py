"""How many of something a report counts. The key is the word in JSON, of one."""

WORDS = {
    "not valid": "{n} non {n#valide|valides}",
    "regression": "{n} {n#régression|régressions}",
    "inconclusive": "{n} non {n#concluant|concluants}",
    "worse, within margin": "{n} {n#moins bon|moins bons}, dans la marge",
    "not evaluated": "{n} non {n#évalué|évalués}",
    "improvement": "{n} {n#amélioration|améliorations}",
    "no regression": "{n} sans régression",
    "error": "{n} {n#erreur|erreurs}",
    "warning": "{n} {n#avertissement|avertissements}",
    "note": "{n} {n#remarque|remarques}",
    "pass": "{n} {n#réussi|réussis}",
    "fail": "{n} {n#échoué|échoués}",
    "measured": "{n} avec seulement des scores ou des libellés",
    "unscored": "{n} sans note",
    "case": "{n} cas",
    "answer": "{n} {n#réponse|réponses}",
    "fails what must not fail": "{n} {n#échec interdit|échecs interdits}",
    "unknown": "{n} {n#inconnu|inconnus}",
    "caught": "{n} {n#intercepté|interceptés}",
    "let pass": "{n} {n#laissé passer|laissés passer}",
}
