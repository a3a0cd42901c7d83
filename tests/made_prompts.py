"""A prompt without a file, and answers to it."""

from collections.abc import Callable

import pytest

from promptstead.model import Case, EvaluatorSpec, Gate, ModelChoice, Prompt, RecordedOutput, Sample, Source

MakePrompt = Callable[..., Prompt]
MakeOutput = Callable[..., RecordedOutput]


@pytest.fixture
def make_prompt() -> MakePrompt:
    def make(*cases: Case, evaluators: tuple[EvaluatorSpec, ...] = (), gate: Gate | None = None) -> Prompt:
        return Prompt(
            id="bank/triage",
            path="prompts/bank/triage.prompt.yml",
            dialect="promptstead",
            data={},
            title="Triage",
            description="",
            language="en",
            inputs={},
            messages=(),
            model=ModelChoice("m"),
            evaluators=evaluators,
            gate=gate or Gate(),
            cases=cases,
        )

    return make


@pytest.fixture
def make_output() -> MakeOutput:
    def make(
        case: str, *answers: str, model: str = "m", source: Source = "imported", tie: str = "now"
    ) -> RecordedOutput:
        samples = tuple(Sample(answer) for answer in answers)
        live = source == "live"
        return RecordedOutput(case, model, source, samples, request=tie if live else "", inputs="" if live else tie)

    return make
