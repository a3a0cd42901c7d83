"""Configurations of pre-commit in the styles that people write, made up for the tests: name -> text."""

CONFIGS = {
    "two spaces, comments beside and between": """\
# See https://pre-commit.com for more information
default_language_version:
  python: python3.12
repos:
  - repo: https://github.com/pre-commit/pre-commit-hooks
    rev: v5.0.0  # keep in step with the job
    hooks:
      - id: trailing-whitespace
        exclude: ^tests/data/
      - id: check-yaml
        args: ["--unsafe"]

  # The linter comes last, so that it sees what the others changed.
  - repo: https://github.com/astral-sh/ruff-pre-commit
    rev: 'v0.15.1'
    hooks:
      - id: ruff-check
        args: [--fix, --exit-non-zero-on-fix]
      - id: ruff-format
      # - id: mypy
""",
    "four spaces, as pre-commit writes it": """\
repos:
-   repo: https://github.com/pre-commit/pre-commit-hooks
    rev: v4.6.0
    hooks:
    -   id: check-ast
    -   id: debug-statements
        language_version: python3
-   repo: https://github.com/asottile/pyupgrade
    rev: v3.19.0
    hooks:
    -   id: pyupgrade
        args: [--py311-plus]
""",
    "no indentation of lists": """\
---
minimum_pre_commit_version: 2.9.0
exclude: |
  (?x)(
    ^vendor/|
    \\.min\\.js$
  )
repos:
- repo: https://github.com/psf/black-pre-commit-mirror
  rev: 25.1.0
  hooks:
  - id: black

- repo: local
  hooks:
  - id: unit
    name: unit tests
    entry: >-
      python -m unittest
      discover -s tests
    language: system
    pass_filenames: false
    types_or:
    - python
    - pyi
""",
    "settings of the service behind the list": """\
ci:
  autofix_prs: false

repos:
  - repo: https://github.com/codespell-project/codespell
    rev: v2.4.0
    hooks:
      - id: codespell
        additional_dependencies:
          - tomli

  - repo: meta
    hooks: [{id: check-hooks-apply}, {id: check-useless-excludes}]


# Nothing below this line concerns the hooks.
default_stages: [pre-commit]
fail_fast: true
""",
    "anchors and merge keys": """\
x-common: &common
  language: system
  require_serial: true
repos:
  - repo: local
    hooks: &local-hooks
      - id: first
        name: first
        entry: ./first
        <<: *common
  - repo: local
    hooks: *local-hooks
""",
    "no line break at the end": "repos:\n  - repo: meta\n    hooks:\n      - id: identity",
    "Windows": (
        "# hooks\r\nrepos:\r\n  - repo: meta\r\n    hooks:\r\n      - id: identity  # see\r\n\r\n"
        "  - repo: meta\r\n    hooks:\r\n      - id: identity\r\n"
    ),
    "a literal block at the end, and blank lines": """\
repos:
  -
    repo: local
    hooks:
      - id: script
        name: "script: \\u00e9"
        language: system
        entry: |
          bash -c '
          # not a comment
          exit 0'


""",
    "a byte-order mark and a comment at the end": (
        "\ufeffrepos:\n- repo: meta\n  hooks:\n  - id: identity\n# vim: sw=2\n"
    ),
    "deeply indented, quoted keys": """\
"repos":
      - "repo": 'https://example.org/hooks'
        "rev": "1.0"
        "hooks":
              - "id": 'a'
                "args": [ '--x',   "--y" ]
              - "id": 'b'
""",
    "two kinds of line breaks": "# hooks\nrepos:\r\n  - repo: meta\r\n    hooks:\r\n      - id: identity\r\n",
    "comments only": "# hooks come here\n",
    "empty": "",
}
"""All of them can be added to by adding lines only."""

LEFT = {
    "an empty list": ("repos: []\n", "`repos` is not a list in block style"),
    "a flow list": ("repos: [{repo: meta, hooks: [{id: identity}]}]\n", "`repos` is not a list in block style"),
    "JSON": ('{"repos": [{"repo": "meta", "hooks": [{"id": "identity"}]}]}\n', "the file is not a mapping in block"),
    "no list": ("ci: {skip: [a]}\n", "there is no list `repos`"),
    "nothing in the list": ("repos:\n", "`repos` is not a list in block style"),
    "the form before 1.0": ("- repo: meta\n  hooks:\n  - id: identity\n", "the file is not a mapping in block style"),
    "broken": ("repos:\n  - repo: [meta\n", "this is not YAML"),
    "a tab": ("repos:\n  - repo: meta\n\thooks: []\n", "this is not YAML"),
    "a key twice": ("repos:\n  - repo: meta\n    repo: meta\n    hooks: []\n", "this is not YAML"),
    "two documents": ("repos:\n  - repo: meta\n---\na: b\n", "this is not YAML"),
    "kept line breaks at the end": (
        "repos:\n  - repo: local\n    hooks:\n      - id: a\n        entry: |+\n          x\n\n\n",
        "an entry cannot be added without changing what is there",
    ),
    "a tag that ruamel.yaml trips over": ("repos:\n  - repo: meta\n    x: !!int ''\n", "this is not YAML"),
    "an entry at a second place": ("repos:\n  - &a {repo: meta}\n  - *b\n", "this is not YAML"),
    "nested too deeply": ("repos:\n  - " + "[" * 5000 + "]" * 5000 + "\n", "the file is nested too deeply"),
    "not UTF-8": ("repos:\n  - repo: caf\udce9\n", "this is not UTF-8"),
}
"""What stays as it is: text, with surrogates for bytes that are not UTF-8, and what is said of it."""
