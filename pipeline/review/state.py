"""A reader's answer to an image: what all actions come to, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pipeline.review.actions import (
    AddCalcification,
    AgreeImage,
    Comment,
    JudgeCalcification,
    JudgeCluster,
    MarkRead,
    Redo,
    RemoveAdded,
    ResizeCalcification,
    SetDistribution,
    SetMorphology,
    Undo,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipeline.review.actions import Action

ACCEPT, REJECT = "accept", "reject"
_CLEARED: Final = (None, "")


@dataclass(slots=True)
class State:
    """
    What a reader has answered.

    ``calcifications`` and ``clusters`` hold, by id, only what the reader said
    of them; ``added`` holds, by key, what the program missed.
    """

    calcifications: dict[int, dict[str, Any]] = field(default_factory=dict)
    clusters: dict[int, dict[str, Any]] = field(default_factory=dict)
    added: dict[str, dict[str, Any]] = field(default_factory=dict)
    distribution: str | None = None
    comment: str = ""
    is_read: bool = False
    rest_accepted: bool = False
    can_undo: bool = False
    can_redo: bool = False

    def is_agreed(self, label: str | None) -> bool:
        """Whether the reader agrees with the whole image, whose distribution the program calls ``label``."""
        said = [*self.calcifications.values(), *self.clusters.values()]
        contradicts = any(item.get("verdict") == REJECT for item in said) or self.added
        return self.rest_accepted and not contradicts and self.distribution in {None, label}

    def as_json(self, label: str | None) -> dict[str, Any]:
        """Give the state as the page gets it."""
        return {
            "calcifications": {str(number): dict(item) for number, item in sorted(self.calcifications.items())},
            "clusters": {str(number): dict(item) for number, item in sorted(self.clusters.items())},
            "added": [{"key": key, **item} for key, item in self.added.items()],
            "distribution": self.distribution,
            "comment": self.comment,
            "read": self.is_read,
            "agreed": self.is_agreed(label),
            "rest_accepted": self.rest_accepted,
            "can_undo": self.can_undo,
            "can_redo": self.can_redo,
        }


def compute_state(actions: Iterable[tuple[int, Action]]) -> State:
    """
    Carry out actions, undo and redo included.

    Parameters
    ----------
    actions : iterable of (int, Action)
        With their numbers in the store, in the order in which they were taken.

    Returns
    -------
    State
    """
    done, undone = stacks(actions)
    state = State(can_undo=bool(done), can_redo=bool(undone))
    for number, action in done:
        _apply(state, number, action)
    return state


def stacks(
    actions: Iterable[tuple[int, Action]],
) -> tuple[list[tuple[int, Action]], list[tuple[int, Action]]]:
    """Tell the actions that hold from those that were undone and can be redone (the next one last)."""
    done: list[tuple[int, Action]] = []
    undone: list[tuple[int, Action]] = []
    for number, action in actions:
        if isinstance(action, Undo):
            if done:
                undone.append(done.pop())
        elif isinstance(action, Redo):
            if undone:
                done.append(undone.pop())
        else:
            done.append((number, action))
            undone.clear()
    return done, undone


def undone_by(actions: Iterable[tuple[int, Action]]) -> dict[int, int]:
    """Give, for every action that does not hold, the number of the undo that took it back."""
    done: list[int] = []
    undone: list[int] = []
    taken_back: dict[int, int] = {}
    for number, action in actions:
        if isinstance(action, Undo):
            if done:
                undone.append(done.pop())
                taken_back[undone[-1]] = number
        elif isinstance(action, Redo):
            if undone:
                done.append(undone.pop())
                del taken_back[done[-1]]
        else:
            done.append(number)
            undone.clear()
    return taken_back


def _apply(state: State, number: int, action: Action) -> None:
    match action:
        case JudgeCalcification():
            _note(state.calcifications, action.id, "verdict", action.verdict)
        case JudgeCluster():
            _note(state.clusters, action.id, "verdict", action.verdict)
        case AddCalcification():
            place = {"row": action.row, "column": action.column, "diameter_mm": action.diameter_mm}
            state.added[f"a{number}"] = place
        case RemoveAdded():
            state.added.pop(action.key, None)
        case ResizeCalcification(key=str(key)):
            if key in state.added:
                state.added[key]["diameter_mm"] = action.diameter_mm
        case ResizeCalcification(id=int(mark)):
            _note(state.calcifications, mark, "diameter_mm", action.diameter_mm)
        case SetDistribution(cluster=None):
            state.distribution = None if action.label is None else str(action.label)
        case SetDistribution(cluster=int(cluster)):
            _note(state.clusters, cluster, "distribution", action.label and str(action.label))
        case SetMorphology(cluster=int(cluster)):
            _note(state.clusters, cluster, "morphology", action.label and str(action.label))
        case SetMorphology(calcification=int(mark)):
            _note(state.calcifications, mark, "morphology", action.label and str(action.label))
        case Comment():
            state.comment = action.text
        case AgreeImage():
            state.rest_accepted = action.agreed
            state.is_read = state.is_read or action.agreed
        case MarkRead():
            state.is_read = action.read
        case _:
            pass


def _note(items: dict[int, dict[str, Any]], number: int, name: str, value: Any) -> None:
    """Note what is said of a mark or cluster; nothing said is no entry."""
    item = items.setdefault(number, {})
    if value in _CLEARED:
        item.pop(name, None)
    else:
        item[name] = value
    if not item:
        del items[number]


def verdict_of(state: State, mark: Mapping[str, Any]) -> str | None:
    """
    Say what a reader thinks of a mark of the program: its own verdict, else its cluster's, else that of the image.

    Parameters
    ----------
    state : State
    mark : mapping
        One of the ``calcifications`` of the result.

    Returns
    -------
    str or None
        ``accept``, ``reject``, or None where nothing says.
    """
    own: str | None = state.calcifications.get(mark["id"], {}).get("verdict")
    of_cluster: str | None = None if mark["cluster"] is None else state.clusters.get(mark["cluster"], {}).get("verdict")
    return own or of_cluster or (ACCEPT if state.rest_accepted else None)
