"""Reports in French, by the real commands: their own words, their numbers, their columns. What others wrote stays."""

import pytest

from tests.command_line import Result, run
from tests.commands.test_judges import said, write_judged
from tests.conftest import ScratchRepository
from tests.made_runs import outcomes, rows, run_file
from tests.recorded import at_home, prompt_changed, write_recorded
from tests.samples import CASES, OUTPUTS, PATH, cases, outputs, write_sample

ANSWERS = {0: "good", 1: "bad and much more than three words"}


def french(repository: ScratchRepository, *arguments: str) -> Result:
    return at_home(*arguments, "--lang", "fr", cwd=repository.root)


@pytest.fixture
def sample(repository: ScratchRepository) -> ScratchRepository:
    write_sample(repository, 3, recorded=outputs(ANSWERS))
    repository.commit()
    return repository


@pytest.fixture
def changed(sample: ScratchRepository) -> ScratchRepository:
    """Return a repository whose last commit changes messages, inputs, cases and an evaluator."""
    text = (sample.root / PATH).read_text(encoding="utf-8")
    for old, new in (("read reviews", "read many reviews"), ("max: 3", "max: 9"), ("20000", "200")):
        text = text.replace(old, new)
    sample.write(PATH, text)
    sample.write(CASES, cases(2).replace("r000", "r900"))
    sample.commit()
    return sample


@pytest.fixture
def runs(repository: ScratchRepository) -> ScratchRepository:
    repository.write("base.run.jsonl", run_file(rows(outcomes(200, range(100, 102)))))
    repository.write("head.run.jsonl", run_file(rows(outcomes(1200, range(30)))))
    return repository


def test_lint(sample: ScratchRepository) -> None:
    clean = french(sample, "lint")
    assert (clean.out, clean.err) == ("", "1 prompt : rien à signaler\n")
    text = (sample.root / PATH).read_text(encoding="utf-8")
    sample.write(PATH, text.replace("    example: Nice shoes.\n", ""))
    done = french(sample, "lint")
    assert done.out.startswith(f"{PATH}:4:3: remarque TPL103 ")
    assert "\n    aide : " in done.out
    assert done.err == "1 prompt : 1 remarque\n"


def test_annotations(sample: ScratchRepository) -> None:
    """What stands beside the lines of a pull request is read by people: findings, and why a change may not go in."""
    text = (sample.root / PATH).read_text(encoding="utf-8")
    sample.write(PATH, text.replace("    example: Nice shoes.\n", ""))
    for command in (("lint",), ("check",)):
        line = french(sample, *command, "--format", "github").out.splitlines()[0]
        assert line.startswith(f"::notice file={PATH},line=4,")
        assert "%0Aaide : " in line
        assert "::il manque à l’entrée `review`" in line
    sample.write(PATH, text)
    sample.write(OUTPUTS, outputs({0: "good and much more than three words"}))
    review = french(sample, "review", "HEAD", "--format", "github").out
    assert f"::error file={PATH},line=1,title=revue de prompts::" in review
    assert "help: " not in review
    assert "title=prompt review::" in at_home("review", "HEAD", "--format", "github", cwd=sample.root).out


def test_pending_answers_that_nobody_asks_for(repository: ScratchRepository) -> None:
    write_recorded(repository, 1)
    at_home("record", cwd=repository.root)
    prompt_changed(repository)
    assert "plus aucun prompt n’envoie sa requête" in french(repository, "outputs", "list").out
    assert "no prompt makes its request any more" in at_home("outputs", "list", cwd=repository.root).out


def test_check(sample: ScratchRepository) -> None:
    done = french(sample, "check", "--verbose")
    first, *lines = done.out.splitlines()
    assert first == "shop/mood  1 réussi, 1 échoué, 1 non évalué  (réponses : imported)"
    assert [line.partition(" : ")[0] for line in lines[:3]] == [
        "  ÉCHEC r001 · short",
        "  échec r001 · mood",
        "  non évalué r002 (fast@1)",
    ]
    assert lines[3:] == [
        "  fast@1 · mood 50,00 % (1 sur 2 ; intervalle à 95 % : 9,5 à 90,5)",
        "  fast@1 · short 50,00 % (1 sur 2 ; intervalle à 95 % : 9,5 à 90,5)",
        "  fast@1 · cas réussis 50,00 % (1 sur 2 ; intervalle à 95 % : 9,5 à 90,5)",
    ]
    assert done.err == "1 prompt : rien à signaler · 3 cas : 1 réussi, 1 échoué, 1 non évalué\n"


def test_eval(sample: ScratchRepository) -> None:
    done = french(sample, "eval", "--run-file", "all.run.jsonl")
    head, *lines = done.out.splitlines()
    assert head.split() == ["cas", "réussis", "ES", "IC", "à", "95", "%", "jetons", "coût", "méd.", "p90"]
    row = "  fast@1 (imported)                   2  50,00 %   50,00     9,5 à 90,5       ?      ?      ?      ?"
    assert lines[1] == row
    assert lines[4].startswith("    non évalué : 1 × ")
    assert lines[5].startswith("    ÉCHEC r001 · short : ")
    assert lines[6:] == [
        "1 réussi, 1 échoué, 1 non évalué · 2 réponses",
        "inconnu (?) : jetons de 2, coût de 2, durée de 2",
        "ES : erreur standard de la moyenne sur les cas (en points pour un taux), par grappes s’il y en a",
    ]
    assert done.err == "fichier d’exécution : all.run.jsonl\n"
    assert french(sample, "eval", "merge", "all.run.jsonl", "--run-file", "merged.run.jsonl").out == done.out


def test_the_columns_of_a_run_are_as_wide_as_in_english(runs: ScratchRepository) -> None:
    """The space between the thousands of a French number takes one column, and is shown as it is."""
    done, english = french(runs, "eval", "show", "head.run.jsonl"), run("eval", "show", "head.run.jsonl", cwd=runs.root)
    rows_of = [text.out.splitlines()[2] for text in (done, english)]
    assert rows_of[0] == (
        "  m@1                             1\u202f200  97,50 %    0,45    96,5 à 98,2       ?      ?      ?      ?"
    )
    assert len(rows_of[0]) == len(rows_of[1])
    assert "1\u202f170 réussis, 30 échoués · 1\u202f200 réponses" in done.out


def test_compare(runs: ScratchRepository) -> None:
    done = french(runs, "compare", "base.run.jsonl", "head.run.jsonl")
    lines = done.out.splitlines()
    assert lines[0] == "1 régression  base.run.jsonl → head.run.jsonl"
    assert lines[2] == ("prompt, modèle                   base → tête         cas  -20        0        +20  verdict")
    assert lines[4] == ("  m@1                            99,0 → 85,0 %       200  [--o--]    |             RÉGRESSION")
    assert lines[5].startswith("    cassés : c000, c001, ")
    assert lines[6].endswith("c019 et 10 de plus")
    assert lines[7] == "    réparés : c100, c101"
    assert lines[-1].startswith("    non comparés : c200, c201, c202, c203, c204 et 995 de plus : ")
    table = french(runs, "compare", "base.run.jsonl", "head.run.jsonl", "--format", "md").out.splitlines()
    assert table[0] == "⛔ **1 régression** · `base.run.jsonl` → `head.run.jsonl`"
    assert table[2] == "| prompt | modèle | cas | base → tête | écart | verdict |"
    assert table[4] == "| `shop/mood` | `m@1` | 200 | 99,0 → 85,0 % | -14,0 [-19,8 ; -9,2] | ⛔ régression |"
    assert table[6].startswith("- `shop/mood` `m@1` cassés : `c000`, ")


def test_diff(changed: ScratchRepository) -> None:
    done = french(changed, "diff", "HEAD~1..HEAD", "--rendered")
    lines = done.out.splitlines()
    assert lines[:2] == ["shop/mood  modifié", "  contrat : incompatible"]
    for line in (
        "  message système :",
        "  entrées :",
        "    review.schema.maxLength : 20000 → 200",
        "  cas ajoutés : r900",
        "  cas retirés : r000, r002",
        "  évaluateurs modifiés : short",
        "  messages composés : 1 modifié, 0 inchangé",
    ):
        assert line in lines
    assert sum(line.startswith("  preuves affaiblies : ") for line in lines) == 3
    assert done.err.endswith(" : 1 prompt modifié\n")


def test_accept_outputs_and_audit(repository: ScratchRepository) -> None:
    write_judged(repository, {**said(2), "times": 2}, said(5), count=3)
    at_home("record", cwd=repository.root)
    left = french(repository, "accept")
    assert left.err.startswith("3 réponses en attente : ajoutez --all ou --case ID")
    assert left.err.endswith("\n0 réponse acceptée\n")
    listed = french(repository, "outputs", "list")
    assert listed.out.splitlines()[0] == "shop/mood  r000  fake/script  live  en attente"
    assert listed.err == "3 réponses\n"
    assert french(repository, "accept", "--all").err == "3 réponses acceptées · 3 jugements conservés\n"
    shown = french(repository, "outputs", "show", "shop/mood", "r000")
    assert shown.out == "--- shop/mood · fake/script · live, à jour\ngood\n"
    assert french(repository, "audit").out.splitlines() == [
        "shop/mood · tone (juge judges/tone)",
        "  jugées : 1 sur 3 réponses",
        "  personnes : aucun libellé d’une réponse jugée ; audit --sheet >> labels.jsonl ajoute des lignes à remplir",
        "  lui-même : aucune réponse n’est jugée deux fois ; lancez promptstead record --judge-samples 2",
    ]


def test_power(repository: ScratchRepository) -> None:
    first, *lines = french(repository, "power", "--rate", "0.9", "--margin", "0.025").out.splitlines()
    assert first.startswith("Marge de 2,5 points de pourcentage ; 18 % des cas réussissent d’un seul côté ; ")
    assert lines == [
        "      2\u202f280 cas montrent que rien ne s’est dégradé au-delà de la marge, si tel est bien le cas",
        "      2\u202f259 cas montrent que le taux a baissé, s’il a baissé de la marge",
    ]


def test_the_environment_says_it_once_and_data_stays_as_it_is(sample: ScratchRepository) -> None:
    wish = {"PROMPTSTEAD_LANG": "fr"}
    assert run("lint", cwd=sample.root, env=wish).err == "1 prompt : rien à signaler\n"
    assert run("lint", "--lang", "en", cwd=sample.root, env=wish).err == "1 prompt: clean\n"
    english, other = (run("check", "--format", "json", cwd=sample.root, env=env) for env in ({}, wish))
    assert other.out == english.out
    wrong = run("lint", cwd=sample.root, env={"PROMPTSTEAD_LANG": "de"})
    assert wrong.code == 2
    assert "--lang" in wrong.err
