"""The arithmetic of the benchmarks, and what they read of the processes that they time."""

import json
import sys

import pytest

from dev.bench import days, measure
from dev.bench.measure import Figure

MEBIBYTE = 2**20


def test_memory_and_time_of_a_command_are_those_of_the_processes_below_it():
    work = "held = b'x' * (200 << 20); sum(n * n for n in range(3_000_000))"
    in_a_child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])"
    done = measure.run([sys.executable, "-c", in_a_child])
    idle = measure.run([sys.executable, "-c", ""])
    assert done.peak_bytes > 200 * MEBIBYTE > idle.peak_bytes
    assert done.processor_seconds > idle.processor_seconds + 0.1


def test_failed_command_is_told_from_one_that_passed():
    done = measure.attempt([sys.executable, "-c", "print('too little heap'); raise SystemExit(3)"])
    assert (done.exit_code, done.output) == (3, "too little heap\n")
    with pytest.raises(SystemExit, match="failed:\ntoo little heap"):
        measure.run([sys.executable, "-c", "print('too little heap'); raise SystemExit(3)"])


def test_days_are_paced_without_the_first_ten():
    # Ten days of 9 s, then twenty of 1 s, then twenty of 3 s.
    finished = [100.0]
    for seconds in [9.0] * 9 + [1.0] * 20 + [3.0] * 20:
        finished.append(finished[-1] + seconds)
    assert days.pace(finished) == (2.0, 1.0, 3.0)


def test_first_and_last_days_are_a_hundred_each_of_a_long_backfill():
    seconds = [9.0] * 9 + [1.0] * 100 + [5.0] * 55 + [2.0] * 100
    finished = [sum(seconds[:n]) for n in range(len(seconds) + 1)]
    assert days.pace(finished)[1:] == (1.0, 2.0)


def test_backfill_that_is_too_short_to_be_paced_says_how_many_days_it_takes():
    with pytest.raises(SystemExit, match=r"11 days loaded.*give DAYS=12 or more"):
        days.pace([float(n) for n in range(11)])


@pytest.mark.parametrize(
    ("value", "bound", "is_reached"),
    [(0.8, "≤", True), (0.81, "≤", False), (0.8, "≥", True), (0.79, "≥", False)],
)
def test_figure_at_its_target_has_reached_it(value, bound, is_reached):
    assert Figure("ratio", value, bound, 0.8).is_reached is is_reached


def test_report_holds_figures_with_their_targets(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(measure, "RESULTS", tmp_path)
    figure = Figure("sink ÷ JDBC", 2.0, "≥", 2.5)
    measure.report("sink", [figure], {"rows": 10})
    assert "sink ÷ JDBC: 2 (target ≥ 2.5: NOT reached)" in capsys.readouterr().out
    (listed,) = json.loads((tmp_path / "sink.json").read_text(encoding="utf-8"))["figures"]
    assert (listed["value"], listed["target"], listed["is_reached"]) == (2.0, 2.5, False)


@pytest.mark.parametrize("value", ["0", "-1", "many"])
def test_setting_that_is_no_number_is_refused(value, monkeypatch):
    monkeypatch.setenv("EVENTS", value)
    with pytest.raises(SystemExit, match=f"EVENTS is '{value}': give a whole number from 1 on"):
        measure.setting("EVENTS", 5)


def test_empty_setting_means_the_default(monkeypatch):
    monkeypatch.setenv("EVENTS", "")
    assert measure.setting("EVENTS", 5) == 5
