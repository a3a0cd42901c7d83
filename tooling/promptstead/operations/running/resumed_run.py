"""A live run that was stopped: what its file holds is taken over, and what is left is asked."""

from collections.abc import Iterator, Mapping, Sequence

from promptstead.errors import PromptsteadError, one_line
from promptstead.operations.running.live_run import LiveRun
from promptstead.operations.running.live_run_lines import Line
from promptstead.operations.running.unit import Key, Unit
from promptstead.outputs.threads import KeptReply
from promptstead.runs.writer import TakenAnswer, TakenJudgement


def still_wanted(live: LiveRun, units: Sequence[Unit]) -> list[Unit]:
    """Take over what the file of *live* holds and return the units that still want answers.

    :raises PromptsteadError: the file has a case that is not asked now, or another request for it.
    """
    known = {unit.key: unit for unit in units}
    done: set[Key] = set()
    live.file.rewrite(_held(live, known, done))
    live.held_before = live.answers + live.queue.taken
    return [unit for unit in units if unit.key not in done]


def _held(live: LiveRun, known: Mapping[Key, Unit], done: set[Key]) -> Iterator[Line]:
    """Yield the lines that stay: judgements, the rows that are complete, and each answer of another."""
    judges = {asked.id: asked.judges for asked in live.asked}
    for line in live.file.lines():
        if isinstance(line, TakenAnswer):
            unit = _known(known, (line.prompt, line.case, line.model), line.request, live.place)
            if unit.case.is_conversation:
                unit.replies.append(KeptReply(line.request, line.sample))
            else:
                unit.samples.append(line.sample)
            continue
        if isinstance(line, TakenJudgement):
            live.queue.know(judges[line.prompt], line)
            yield line
            continue
        output = line.result.output
        key = (line.prompt, line.result.case.id, line.result.model)
        unit = _known(known, key, output.request if output else "", live.place)
        # a row has every answer that stood before it in lines of their own
        unit.samples = list(output.samples) if output else []
        if len(unit.samples) < live.run.samples or unit.unjudged():
            if unit.case.is_conversation:
                steps = [step for sample in unit.samples for step in sample.steps]
                unit.samples, unit.replies = [], [KeptReply(step.request, step.as_sample()) for step in steps]
            continue
        if key in done:
            raise PromptsteadError(f"the run holds {_shown(key)} twice", location=live.place)
        done.add(key)
        live.count(line, unit.calls())
        unit.samples, unit.replies = [], []
        yield line
    for unit in known.values():
        for sample in unit.samples:
            live.answers += 1
            yield TakenAnswer(*unit.key, unit.digest, sample)
        for reply in unit.replies:
            live.answers += 1
            live.talked = True
            yield TakenAnswer(*unit.key, reply.request, reply.sample)


def _known(known: Mapping[Key, Unit], key: Key, request: str, place: str) -> Unit:
    unit = known.get(key)
    if unit is None or (request and request != unit.digest and not unit.case.is_conversation):
        raise PromptsteadError(
            f"the run holds {_shown(key)}, which would not be asked now",
            hint="start a new run; the model's snapshot may have changed",
            location=place,
        )
    return unit


def _shown(key: Key) -> str:
    return one_line(f"{key[0]} {key[1]} ({key[2]})", 200)
