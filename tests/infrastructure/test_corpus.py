import json
from pathlib import Path

import jsonschema
import yaml

from tests.benchmarks import corpus

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "prompt.schema.json").read_text(encoding="utf-8"))


def test_the_same_seed_gives_the_same_files() -> None:
    assert list(corpus.prompts(20, seed=7)) == list(corpus.prompts(20, seed=7))
    assert list(corpus.prompts(20, seed=7)) != list(corpus.prompts(20, seed=8))


def test_files_have_the_size_of_real_ones_and_are_valid() -> None:
    made = dict(corpus.prompts(60))
    assert len(made) == 60
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for text in made.values():
        assert 2000 <= len(text.encode()) <= 6200
        assert not list(validator.iter_errors(yaml.safe_load(text)))
