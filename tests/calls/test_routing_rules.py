"""Who is rung."""

from calls.rules.routing import (
    RING_BUSY_SECONDS,
    RING_FREE_SECONDS,
    Action,
    Candidate,
    Directive,
    Refused,
    Step,
    covers_in,
    rest_of_plan,
    ring_plan,
    with_cover,
)


def candidate(user: int, **known: object) -> Candidate:
    facts = {"rank": user, "presence": "available", "is_talking": False, "endpoint_ids": (user,)}
    return Candidate(user_id=user, **(facts | known))  # type: ignore[arg-type]


def rung(*candidates: Candidate) -> list[tuple[int | None, int]]:
    return [(step.user_id, step.seconds) for step in ring_plan(candidates).steps]


def test_the_first_by_rank_is_rung_first() -> None:
    assert rung(candidate(2), candidate(1)) == [(1, RING_FREE_SECONDS), (2, RING_FREE_SECONDS)]


def test_who_talks_is_rung_after_those_who_are_free_and_longer() -> None:
    plan = rung(candidate(1, is_talking=True), candidate(2))

    assert plan == [(2, RING_FREE_SECONDS), (1, RING_BUSY_SECONDS)]


def test_nobody_is_rung_while_not_available() -> None:
    plan = ring_plan([candidate(1, presence="paused"), candidate(2, presence="away")])

    assert plan.steps == ()
    assert plan.refused == (Refused(1, "paused"), Refused(2, "away"))


def test_who_has_no_telephone_is_passed_over_and_it_is_said() -> None:
    plan = ring_plan([candidate(1, endpoint_ids=()), candidate(2)])

    assert [step.user_id for step in plan.steps] == [2]
    assert plan.refused == (Refused(1, "no_telephone"),)


def done(candidates: list[Candidate], *directives: Directive) -> list[tuple[str, int | None]]:
    return [(step.action, step.user_id) for step in ring_plan(candidates, directives).steps]


LEA, CLAIRE, INES = candidate(1), candidate(2), candidate(3)


def test_the_holder_is_rung_first_and_her_deputies_when_it_is_their_turn() -> None:
    directed = Directive(Action.HOLDER), Directive(Action.DEPUTIES, seconds=40)

    steps = ring_plan([CLAIRE, INES, LEA], directed).steps

    assert [(one.user_id, one.seconds) for one in steps] == [(1, 25), (2, 40), (3, 40)]


def test_who_is_talking_is_left_to_talk_where_callers_may_wait() -> None:
    talking = candidate(1, is_talking=True)

    steps = done([talking, CLAIRE], Directive(Action.HOLDER), Directive(Action.QUEUE))

    assert steps == [("queue", None)]


def test_nobody_is_rung_twice_whatever_is_directed() -> None:
    directed = Directive(Action.HOLDER), Directive(Action.ASSISTANTS)

    assert done([LEA, CLAIRE], *directed) == [("holder", 1), ("assistants", 2)]


def test_after_a_voicemail_nothing_comes() -> None:
    directed = Directive(Action.VOICEMAIL), Directive(Action.HOLDER)

    assert done([LEA], *directed) == [("voicemail", None)]


def test_a_step_for_numbers_without_any_is_left_out() -> None:
    numbers = ("+33639981001",)
    directed = Directive(Action.TEAM), Directive(Action.ON_CALL, numbers=numbers)

    steps = ring_plan([LEA], directed).steps

    assert [(one.action, one.numbers) for one in steps] == [("on_call", numbers)]


def test_where_no_person_is_asked_for_nobody_is_said_to_be_refused() -> None:
    away = candidate(1, presence="away")

    assert ring_plan([away], [Directive(Action.ANNOUNCE, text="Fermé.")]).refused == ()


def test_who_covers_stands_in_the_place_of_whom_she_covers_and_it_is_said() -> None:
    covered = with_cover([LEA, CLAIRE, INES], {1: 3})

    steps = ring_plan(covered).steps

    assert [(one.user_id, one.because, one.instead_of) for one in steps] == [
        (3, "covers", 1),
        (2, "available", 0),
        (1, "available", 0),
    ]


def test_a_cover_by_somebody_who_does_not_answer_this_client_changes_nothing() -> None:
    assert with_cover([LEA, CLAIRE], {1: 9}) == [LEA, CLAIRE]


def test_who_covers_without_answering_the_client_herself_takes_the_covered_place() -> None:
    placed = with_cover([LEA, CLAIRE], {1: 3}, [candidate(3, rank=0)])

    assert [(one.user_id, one.instead_of) for one in sorted(placed, key=lambda one: one.rank)] == [
        (3, 1),
        (2, 0),
        (1, 0),
    ]


def test_who_stands_by_for_nobody_here_is_not_rung() -> None:
    placed = with_cover([LEA, CLAIRE], {}, [INES])

    assert {one.user_id for one in placed} == {1, 2}


def test_a_call_keeps_who_answers_in_whose_place() -> None:
    assert covers_in(with_cover([LEA, CLAIRE], {1: 2})) == {"1": 2}


RING_LEA = Step("assistants", 25, "available", user_id=1)
RING_CLAIRE = Step("assistants", 25, "covers", user_id=2, instead_of=1)
QUEUE = Step("queue", 300, "directed")
ON_CALL_THEN = Step("on_call", 25, "directed", numbers=("+33639981001",))


def test_a_new_plan_rings_nobody_again_and_goes_on_with_what_was_not_done() -> None:
    rest = rest_of_plan([RING_LEA], [RING_CLAIRE, RING_LEA, QUEUE])

    assert rest == (RING_CLAIRE, QUEUE)


def test_a_new_plan_does_nothing_twice_but_what_was_directed_twice() -> None:
    done = [QUEUE, ON_CALL_THEN]

    assert rest_of_plan(done, [QUEUE, RING_CLAIRE, ON_CALL_THEN]) == (RING_CLAIRE,)
    assert rest_of_plan(done, [QUEUE, ON_CALL_THEN, QUEUE]) == (QUEUE,)
