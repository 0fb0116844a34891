"""Replay of actions, including undo and redo, to the present answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.review.server.actions import Redo, Undo
from mammocalc.review.server.reader_state import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mammocalc.review.server.actions import Action


def compute_state(actions: Iterable[tuple[int, Action]]) -> State:
    """
    Carry out actions.

    Parameters
    ----------
    actions : iterable of (int, Action)
        Of one reader on one result, with their numbers in the store, in the
        order in which they were taken.
    """
    done, undone, _ = _follow(actions)
    state = State(can_undo=bool(done), can_redo=bool(undone))
    for number, action in done:
        state.number = number
        action.apply(state)
    return state


def next_steps(actions: Iterable[tuple[int, Action]]) -> tuple[Action | None, Action | None]:
    """Give the action that an undo would take back, and that which a redo would do again; None for none."""
    done, undone, _ = _follow(actions)
    return (done[-1][1] if done else None), (undone[-1][1] if undone else None)


def undone_by(actions: Iterable[tuple[int, Action]]) -> dict[int, int]:
    """Give, for every action that does not stand, the number of the undo that took it back."""
    return _follow(actions)[2]


def _follow(
    actions: Iterable[tuple[int, Action]],
) -> tuple[list[tuple[int, Action]], list[tuple[int, Action]], dict[int, int]]:
    """Tell the actions that stand from those that can be redone (the next one last), and who took which back."""
    done: list[tuple[int, Action]] = []
    undone: list[tuple[int, Action]] = []
    taken_back: dict[int, int] = {}
    for number, action in actions:
        if isinstance(action, Undo):
            if done:
                undone.append(done.pop())
                taken_back[undone[-1][0]] = number
        elif isinstance(action, Redo):
            if undone:
                done.append(undone.pop())
                del taken_back[done[-1][0]]
        else:
            done.append((number, action))
            undone.clear()
    return done, undone, taken_back
