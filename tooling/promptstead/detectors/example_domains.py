"""Domains and hosts that are nobody's: reserved for examples, or used for nothing else."""

_RESERVED = frozenset(("example", "exemple", "test", "invalid", "localhost"))
"""RFC 2606 and RFC 6761, and the French word, which people use likewise: any label of the name."""
_MADE_UP = frozenset((
    "acme", "acmecorp", "adatum", "adventure-works", "bar", "baz", "bigcompany", "client", "company", "companyname",
    "contoso", "corp", "corporation", "customer", "db", "domain", "domaine", "domainname", "email", "enterprise",
    "entreprise", "exemple", "fabrikam", "foo", "foobar", "fourthcoffee", "host", "hostname", "litware",
    "mondomaine", "monentreprise", "mycompany", "mydomain", "myorg", "mysite", "northwind", "northwindtraders",
    "org", "organization", "sample", "server", "site", "societe", "somecompany", "somedomain", "someone",
    "somewhere", "startup", "tailspintoys", "tempuri", "testing", "votredomaine", "votreentreprise", "votresociete",
    "website", "wingtiptoys", "woodgrovebank", "xyzcompany", "xyzcorp",
))  # fmt: skip
"""What stands before the ending of a domain that is made up; Contoso, Fabrikam and others are Microsoft's."""
_FREE = frozenset(("noreply", "no-reply"))


def is_example_domain(name: str) -> bool:
    """Tell whether a domain or a host, without its port, is reserved for examples, made up, or this computer."""
    labels = name.casefold().rstrip(".").split(".")
    if not _RESERVED.isdisjoint(labels) or not _FREE.isdisjoint(labels):
        return True
    if name.startswith("127.") or name == "0.0.0.0" or (len(labels) == 1 and labels[0] in _MADE_UP):
        return True
    main = labels[-2] if len(labels) > 1 else labels[0]
    if main in ("co", "com", "org", "gouv") and len(labels) > 2:
        main = labels[-3]
    return main in _MADE_UP or main.startswith(("your", "votre", "example-", "my-", "test-"))
