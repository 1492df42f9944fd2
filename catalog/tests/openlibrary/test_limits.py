"""Turns, breakers and places."""

import threading

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection

from catalog.openlibrary.errors import OpenLibraryError
from catalog.openlibrary.limits import BURST, FAILURES_TO_OPEN, Breaker, place, reserve_turn

NOON = 1_760_000_000.0


@pytest.fixture
def clock(memory_cache):
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_reserve_turn_lets_a_burst_through_and_then_two_a_second(clock):
    assert [reserve_turn("api", 2) for _ in range(BURST + 4)] == [0, 0, 0, 0, 0, 0.5, 1.0, 1.5, 2.0]


def test_reserve_turn_is_busy_when_the_wait_would_be_too_long(clock):
    for _ in range(BURST + 4):
        reserve_turn("api", 2)
    with pytest.raises(OpenLibraryError) as refusal:
        reserve_turn("api", 2)
    assert refusal.value.code == "busy"
    assert reserve_turn("covers", 0) == 0


def test_reserve_turn_lets_people_go_before_batches(clock):
    for _ in range(20):
        reserve_turn("api", 60, after_people=True)
    assert [reserve_turn("api", 2) for _ in range(3)] == [0, 1.0, 2.0]


def test_reserve_turn_lets_batches_have_what_nobody_wanted(clock):
    taken = 0
    for _ in range(20):
        taken += reserve_turn("api", 60, after_people=True) == 0
        clock.shift(0.5)
    assert taken == 20


def test_reserve_turn_has_turns_again_after_a_while(clock):
    for _ in range(BURST):
        reserve_turn("api", 0)
    clock.shift(1)
    assert [reserve_turn("api", 0) for _ in range(2)] == [0, 0]
    with pytest.raises(OpenLibraryError):
        reserve_turn("api", 0)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_reserve_turn_gives_each_turn_to_one_of_many_threads():
    cache.clear()
    threads, barrier, outcomes = 12, threading.Barrier(12), []

    def take():
        barrier.wait()
        try:
            outcomes.append(reserve_turn("api", 1))
        except OpenLibraryError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    with time_machine.travel(NOON, tick=False):
        workers = [threading.Thread(target=take) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert sorted(map(str, outcomes)) == sorted(map(str, [0.0] * BURST + [0.5, 1.0] + ["busy"] * (threads - BURST - 2)))


def test_breaker_opens_after_five_failures_within_a_minute(clock):
    breaker = Breaker("search")
    for _ in range(FAILURES_TO_OPEN - 1):
        breaker.failed()
    breaker.check()
    breaker.failed()
    with pytest.raises(OpenLibraryError) as refusal:
        Breaker("search").check()
    assert (refusal.value.code, refusal.value.retry_after) == ("unavailable", 60)
    Breaker("record").check()


def test_breaker_forgets_failures_after_a_minute(clock):
    breaker = Breaker("search")
    for _ in range(FAILURES_TO_OPEN - 1):
        breaker.failed()
    clock.shift(61)
    breaker.failed()
    breaker.check()


def test_breaker_rests_twice_as_long_each_time_up_to_ten_minutes(clock):
    breaker = Breaker("search")
    for _ in range(FAILURES_TO_OPEN):
        breaker.failed()
    rests = []
    for _ in range(5):
        rests.append(_left(breaker))
        clock.shift(rests[-1] + 1)
        breaker.check()
        breaker.failed()
    assert rests == [60, 120, 240, 480, 600]


def test_breaker_does_not_count_failures_while_it_is_open(clock):
    breaker = Breaker("search")
    for _ in range(FAILURES_TO_OPEN + 3):
        breaker.failed()
    assert _left(breaker) == 60


def test_breaker_starts_anew_after_a_success(clock):
    breaker = Breaker("search")
    for _ in range(FAILURES_TO_OPEN):
        breaker.failed()
    clock.shift(61)
    breaker.succeeded()
    for _ in range(FAILURES_TO_OPEN - 1):
        breaker.failed()
    breaker.check()


def test_breaker_pauses_as_long_as_it_was_told_but_not_for_ever(clock):
    breaker = Breaker("search")
    breaker.pause(7)
    assert _left(breaker, "limited") == 7
    clock.shift(8)
    breaker.pause(9_999)
    assert _left(breaker, "limited") == 120


@pytest.mark.django_db
def test_breaker_works_in_the_database_cache():
    cache.clear()
    breaker = Breaker("search")
    for _ in range(FAILURES_TO_OPEN):
        breaker.failed()
    assert 59 < _left(breaker) <= 60
    cache.clear()


def test_place_is_busy_for_the_third():
    with place(), place(), pytest.raises(OpenLibraryError) as refusal, place():
        pass
    assert refusal.value.code == "busy"
    with place():
        pass


def test_pictures_have_one_place_and_take_none_from_people():
    with place(for_a_picture=True), place(), place():
        with pytest.raises(OpenLibraryError) as refusal, place(for_a_picture=True):
            pass
        assert refusal.value.code == "busy"
    with place(for_a_picture=True):
        pass


def _left(breaker, code="unavailable"):
    with pytest.raises(OpenLibraryError) as refusal:
        breaker.check()
    assert refusal.value.code == code
    return refusal.value.retry_after
