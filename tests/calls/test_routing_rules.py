"""Who is rung."""

from calls.rules.routing import RING_BUSY_SECONDS, RING_FREE_SECONDS, Candidate, Refused, ring_plan


def candidate(user: int, **known: object) -> Candidate:
    facts = {"rank": user, "presence": "available", "is_talking": False, "endpoint_ids": (user,)}
    return Candidate(user_id=user, **(facts | known))  # type: ignore[arg-type]


def rung(*candidates: Candidate) -> list[tuple[int, int]]:
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
