"""services/classifier/app: fitting, folds, figures, and a district's own tickets on top of what ships."""

from __future__ import annotations

import numpy as np
import pytest

from services.classifier.domain.grams import grams_of, key_of
from services.classifier.files.labelled_files import Labelled
from services.classifier.files.model_files import SHIPPED, load
from services.classifier.learning.figures import Judged, figures_of
from services.classifier.learning.fitting import fit_layer
from services.classifier.learning.folds import TooAlike, folds, groups_of
from services.classifier.learning.training import contest, cross_validated, judged_by, train, untaught
from tests.unit.classifier.labelled import rows


def test_labels_of_any_kind_are_learnt_and_judged_with_confidence() -> None:
    taught = rows({"教育": "补课收费", "交通": "公交绕路", "环保": "工厂排污"})
    model = train(untaught(["教育", "交通", "环保"]), taught, "v")
    judged = judged_by(model, [Labelled("学校补课收费太贵", "教育", frozenset({"教育"}))])
    assert model.labels[int(judged.scores[0].argmax())] == "教育"
    assert judged.confidence[0] > 0.9


def test_a_district_s_own_word_is_learnt_on_top_of_what_ships() -> None:
    shipped = load(SHIPPED).model
    asked = [Labelled("又在滚地龙了", "MJ05", frozenset({"MJ05"}))]
    own = rows({"MJ05": "滚地龙", "SC01": "摊头摆出来", "OT": "学校补课"})
    model = train(shipped, own, "district")
    assert shipped.judge(asked[0].text).type_code != "MJ05"
    assert model.judge(asked[0].text).type_code == "MJ05"
    assert len(model.layers) == len(shipped.layers) + 2


def test_training_twice_gives_the_same_model() -> None:
    taught = rows({"XQ13": "垃圾", "OT": "学校"}, times=10)
    first, second = (train(load(SHIPPED).model, taught, "v") for _ in range(2))
    text = "垃圾堆在学校门口"
    assert first.judge(text) == second.judge(text)


def test_what_a_district_s_tickets_say_never_shows_as_a_reason() -> None:
    model = train(load(SHIPPED).model, rows({"MJ05": "张三丰滚地龙", "OT": "学校补课"}), "district")
    assert not any("张三" in word for word in model.judge("张三丰滚地龙").words)


def test_what_stands_with_every_label_counts_for_less_where_texts_are_contrasted() -> None:
    texts = [grams_of(f"{place}{word}") for word in ("漏水", "噪声") for place in ("小区东", "小区南", "小区西")]
    labels = ["roof"] * 3 + ["noise"] * 3

    def said(gram: str, *, contrast: bool) -> float:
        layer = fit_layer(texts, labels, ("noise", "roof"), contrast=contrast)
        return float(abs(layer.weights[np.searchsorted(layer.keys, key_of(gram)), 1]))

    assert said("漏水", contrast=True) > said("漏水", contrast=False)
    assert said("小区", contrast=True) == 0


def test_a_candidate_wins_only_by_what_it_has_not_seen() -> None:
    shipped = load(SHIPPED).model
    taught = rows({"MJ05": "滚地龙", "SC01": "摊头摆出来", "OT": "学校补课"})
    result = contest(shipped, shipped, taught, 3)
    assert result.won
    assert result.candidate.accuracy > result.current.accuracy
    noise = [
        Labelled(row.text, label, frozenset({label})) for row, label in zip(taught, ["MJ05", "OT"] * 45, strict=True)
    ]
    assert contest(shipped, shipped, noise, 3).candidate.accuracy < 0.7


def test_near_duplicates_stand_on_one_side() -> None:
    long = "小区东门口每天晚上都有人摆摊卖烧烤，油烟很大，噪音到半夜，居民没有办法休息，多次反映没有解决"
    texts = [long, long + "。盼复", "路灯不亮", long.replace("东门", "西门"), "电梯坏了"]
    groups = groups_of([grams_of(text) for text in texts])
    assert groups[0] == groups[1] == groups[3]
    assert len({groups[0], groups[2], groups[4]}) == 3
    for train_side, test_side in folds(["a", "b", "a", "b", "a"], groups, 2):
        assert not {groups[i] for i in train_side} & {groups[i] for i in test_side}


def test_figures_by_their_definitions() -> None:
    asked = [
        Labelled("", "OT", frozenset({"OT"})),
        Labelled("", "OT", frozenset({"OT", "MJ01"})),
        Labelled("", "MJ01", frozenset({"MJ01"})),
        Labelled("", "MJ02", frozenset({"MJ02"})),
        Labelled("", "MJ02", frozenset({"MJ02"})),
    ]
    labels = ("MJ01", "MJ02", "OT")
    scores = np.array([[0, 1, 9], [9, 0, 1], [9, 1, 0], [0, 9, 1], [0, 1, 9]], np.float32)
    found = figures_of(Judged(labels, scores, np.array([0.9, 0.9, 0.9, 0.9, 0.1], np.float32)), asked)
    assert (found.accuracy, found.typed_accuracy) == (0.8, 0.6667)
    assert (found.ot_precision, found.ot_recall) == (0.5, 1.0)
    assert (found.coverage80_accuracy, found.top2) == (1.0, 1.0)
    assert found.ece == pytest.approx(0.8 * 0.1 + 0.2 * 0.1, abs=1e-6)


def test_few_texts_are_no_crash_and_texts_all_alike_a_clear_error() -> None:
    few = rows({"XQ13": "垃圾", "OT": "学校"}, times=3)
    assert cross_validated(load(SHIPPED).model, few, 2).scores.shape == (6, 42)
    with pytest.raises(TooAlike, match="bring others"):
        train(untaught(["a", "b"]), [Labelled("同一句话", label, frozenset({label})) for label in "abab"], "v")
