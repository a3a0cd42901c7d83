"""Phrases with which models refuse, in English and French: data with a version, for a heuristic."""

VERSION = "2026-11"
"""Changes with the phrases: a check that rests on them then means something else."""

PHRASES: dict[str, tuple[str, ...]] = {
    "en": (
        "i can't help", "i cannot help", "i can't assist", "i cannot assist", "i can't provide", "i cannot provide",
        "i can't do that", "i cannot do that", "i can't comply", "i cannot comply", "i can't fulfill",
        "i cannot fulfill", "i can't fulfil", "i cannot fulfil", "i can't share", "i cannot share", "i can't answer",
        "i cannot answer", "i can't support", "i cannot support", "i can't create", "i cannot create",
        "i can't generate", "i cannot generate", "i can't give you", "i cannot give you", "i can't disclose",
        "i cannot disclose", "i can't reveal", "i cannot reveal", "i can't discuss", "i cannot discuss",
        "i'm not able to", "i am not able to", "i'm unable to", "i am unable to", "i won't", "i will not be able",
        "i must decline", "i have to decline", "i need to decline", "i decline to", "i'm going to decline",
        "i refuse to", "i'd rather not", "i'm not allowed to", "i am not allowed to", "i'm not permitted to",
        "i am not permitted to", "i'm sorry, but i can't", "i'm sorry, but i cannot", "this request cannot be",
        "it would not be appropriate for me", "it wouldn't be appropriate for me", "against my guidelines",
        "blocked by our content filter",
    ),
    "fr": (
        "je ne peux pas vous aider", "je ne peux pas t'aider", "je ne peux pas répondre", "je ne peux pas fournir",
        "je ne peux pas vous fournir", "je ne peux pas vous donner", "je ne peux pas donner",
        "je ne peux pas accéder à", "je ne peux pas satisfaire", "je ne peux pas faire cela", "je ne peux pas traiter",
        "je ne peux pas communiquer", "je ne peux pas divulguer", "je ne peux pas révéler", "je ne peux pas rédiger",
        "je ne peux pas générer", "je ne peux pas créer", "je ne peux pas donner suite", "je ne peux pas partager",
        "je ne puis", "je ne suis pas en mesure", "je ne suis pas autorisé", "je ne suis pas habilité",
        "je ne suis pas capable", "il m'est impossible", "je refuse", "je dois refuser", "je me dois de refuser",
        "je préfère ne pas", "je dois décliner", "je décline", "je suis dans l'impossibilité",
        "il ne serait pas approprié", "je regrette de ne pouvoir", "désolé, mais je ne peux",
        "désolée, mais je ne peux", "cette demande ne peut",
    ),
}  # fmt: skip

WITHIN = 400
"""Characters at the start of an answer in which a refusal is looked for: one that comes later explains or quotes."""


def refusal_in(text: str) -> str:
    """Return the phrase at the start of *text* that refuses; empty where there is none.

    Case, kinds of apostrophe and white space do not count.
    """
    start = " ".join(text[: 4 * WITHIN].casefold().replace("’", "'").replace("ʼ", "'").split())[:WITHIN]
    return next((phrase for phrases in PHRASES.values() for phrase in phrases if phrase in start), "")
