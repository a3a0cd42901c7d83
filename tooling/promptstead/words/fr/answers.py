"""Why there is no answer to judge: nothing recorded, stale, unavailable; what a person must decide."""

WORDS: dict[str, str] = {
    "not-recorded": "aucune réponse enregistrée : lancez promptstead record",
    "stale-request": (
        "périmée : le prompt, un partiel, le modèle ou l’entrée ont changé depuis l’enregistrement : lancez "
        "promptstead record"
    ),
    "stale-turn": (
        "périmée à partir du tour {turn} : le scénario ou une réponse précédente a changé depuis l’enregistrement : "
        "lancez promptstead record"
    ),
    "no-conversation-now": (
        "périmée : c’est une conversation, et le cas n’a ni `turns` ni `stubs` : lancez promptstead record"
    ),
    "more-replies": (
        "périmée : elle compte plus de réponses que n’en demandent les {turns} tours du cas : lancez promptstead record"
    ),
    "reply-missing": "il manque la réponse au tour {turn} : lancez promptstead record",
    "no-stub": (
        "le tour {turn} appelle {call}, pour quoi le cas n’a pas de bouchon : ajoutez-en un dans `stubs`, puis lancez "
        "promptstead record"
    ),
    "hand-reply-missing": "il manque la réponse au tour {turn} : ajoutez-la dans ses `steps`",
    "hand-no-steps": (
        "le cas est une conversation de {turns} {turns#tour|tours} : écrivez les réponses dans `steps`, à la "
        "place de `output`"
    ),
    "hand-more-replies": (
        "elle compte plus de réponses que n’en demandent les {turns} tours du cas : retirez-les de ses "
        "`steps`, ou ajoutez des tours"
    ),
    "hand-no-turns": "elle a des `steps`, et le cas n’a ni `turns` ni `stubs` : écrivez la réponse dans `output`",
    "hand-no-stub": (
        "le tour {turn} appelle {call}, pour quoi le cas n’a pas de bouchon : ajoutez-en un dans `stubs`, ou "
        "corrigez l’appel"
    ),
    "stale-inputs": "périmée : l’entrée a changé depuis que la réponse a été écrite : lancez promptstead accept",
    "not-accepted": "non acceptée : lancez promptstead accept",
    "case-gone": "obsolète : le cas n’existe plus",
    "not-asked": "plus aucun prompt n’envoie sa requête",
    "cannot-render": "le prompt ne peut pas être composé : {error}",
    "not-in-store": "sa réponse n’est pas dans le magasin de réponses",
    "changed-in-store": "la réponse du magasin n’est pas celle qui a été acceptée",
    "changed-answer": "cas `{case}`, {model} : la réponse du magasin n’est pas celle qui a été acceptée",
    "unreadable": "{where} : {error}",
    "cut-off": "coupée avant sa fin ({reason})",
    "filtered": "arrêtée par le filtre de contenu du serveur",
    "no-function": "elle appelle autre chose qu’une fonction",
    "unknown-tool": "elle appelle `{tool}`, qui n’est pas un outil du prompt",
    "no-tools": "elle appelle `{tool}`, et le prompt n’a pas d’outils",
    "surrogate": "elle contient une moitié de paire de substitution, qui n’est pas du texte",
    "no-answer": "aucune réponse",
    "of-answers": "{failed} réponses sur {answers} : {why}",
    "prompt-gone": "le prompt n’existe plus",
    "case-removed": "le cas n’existe plus",
    "inputs-changed": "les entrées du cas ont changé depuis l’exécution",
    "other-reasons": "autres raisons",
    "changed-hint": "remettez dans le magasin la réponse acceptée, ou enregistrez-la de nouveau",
    "in-repository": ("cette réponse est dans le dépôt, et la configuration garde celles de ce prompt à l’extérieur"),
    "no-such-case": "le cas `{case}` n’existe pas",
    "name-a-case": "nommez un cas du prompt, ou une ligne de ses jeux de données",
    "case-not-read": "le cas `{case}` n’est pas parmi ceux qui ont pu être lus",
    "no-such-evaluator": "l’évaluateur `{evaluator}` n’existe pas pour ce cas",
    "evaluators-are": "ses évaluateurs : {known:names}",
    "no-turns": "le cas `{case}` n’est pas une conversation : il n’a pas de tours",
    "no-such-turn": "il n’y a pas de réponse au tour {turn} : la réponse de référence compte {turns} tours",
    "no-reference": "le cas `{case}` n’a pas de réponse de référence à modifier",
    "no-reference-hint": (
        "écrivez-en une dans {file} et lancez promptstead accept, ou donnez la réponse entière avec `output`"
    ),
    "no-replies-hint": "écrivez la conversation dans {file} et lancez promptstead accept",
    "reference-not-current": "la réponse de référence au cas `{case}` n’est pas à jour : lancez promptstead accept",
    "edit-not-json": "la réponse de référence n’est pas du JSON : {why}",
    "edit-other-form": "employez `replace`, ou donnez la réponse entière avec `output`",
    "edit-changes-nothing": "la modification ne change rien à la réponse de référence",
    "edit-no-json-value": "l’une des valeurs ne peut pas s’écrire en JSON",
    "edit-no-room": "la réponse de référence n’a rien qui puisse contenir `{place}`",
    "edit-no-place": "la réponse de référence n’a rien à `{place}`",
    "edit-not-found": "la réponse de référence ne contient pas `{text}`",
    "edit-found-often": "la réponse de référence contient `{text}` {n} fois",
    "edit-quote-once": "citez un texte qui n’y figure qu’une seule fois",
    "evaluator-gone": "l’évaluateur `{evaluator}` n’existe plus",
    "gives-no-verdict": "il donne `{value}`, qui n’est ni une réussite ni un échec : {reason}",
    "note-not-in-store": "l’annotation n’est pas dans le magasin de réponses",
}
