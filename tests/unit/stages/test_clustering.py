import numpy as np
import pytest

from mammocalc.stages.clustering import GroupSettings, find_clusters, memberships


def _line(count, step_mm, start=(20.0, 20.0)):
    return np.array([(start[0], start[1] + i * step_mm) for i in range(count)])


def test_a_sparse_line_is_held_together_and_a_lone_point_is_left_out():
    points = np.vstack([_line(8, 6.5), [(90.0, 20.0)]])
    [cluster] = find_clusters(points, GroupSettings())
    assert cluster.members == tuple(range(8))
    assert cluster.extent_mm == pytest.approx(45.5)


def test_two_dense_groups_are_not_chained():
    rng = np.random.default_rng(2)
    points = np.vstack([rng.uniform(0, 6, (12, 2)), rng.uniform((0, 18), (6, 24), (9, 2))])
    assert [len(c.members) for c in find_clusters(points, GroupSettings())] == [12, 9]


def test_evenly_scattered_points_are_one_cluster():
    rng = np.random.default_rng(4)
    points = rng.uniform(0, 100, (70, 2))
    assert len(find_clusters(points, GroupSettings())[0].members) > 60


@pytest.mark.parametrize(("gap_mm", "clusters"), [(7.0, 1), (7.01, 0)])
def test_the_shortest_reach_is_exact(gap_mm, clusters):
    # The third neighbours are far closer, so the shortest reach decides.
    points = np.array([(0.0, 0.0), (0.0, 0.1), (0.1, 0.0), (0.1, 0.1)])
    both = np.vstack([points, points + np.array([0.0, gap_mm + 0.1])])
    assert (len(find_clusters(both, GroupSettings(min_members=8))) == 1) == bool(clusters)


def test_hull_area_and_density_of_a_square():
    points = np.array([(0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0), (2.0, 2.0)])
    [cluster] = find_clusters(points, GroupSettings())
    assert cluster.area_mm2 == pytest.approx(16.0)
    assert cluster.extent_mm == pytest.approx(4 * np.sqrt(2))
    assert len(cluster.hull_mm) == 4
    assert cluster.density_per_cm2 == pytest.approx(5 / ((16 + 16 + np.pi) / 100))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_are_no_cluster(count):
    assert find_clusters(_line(count, 1.0).reshape(-1, 2), GroupSettings()) == ()


def test_points_in_one_place_are_a_cluster_without_area():
    [cluster] = find_clusters(np.zeros((5, 2)), GroupSettings())
    assert (cluster.extent_mm, cluster.area_mm2) == (0.0, 0.0)
    assert np.isfinite(cluster.density_per_cm2)


def test_clusters_do_not_depend_on_where_the_image_begins():
    rng = np.random.default_rng(6)
    points = rng.uniform(0, 60, (40, 2))
    moved = find_clusters(points + np.array([13.0, -7.0]), GroupSettings())
    assert [c.members for c in moved] == [c.members for c in find_clusters(points, GroupSettings())]


def test_a_membership_of_half_is_what_joins():
    rng = np.random.default_rng(8)
    settings = GroupSettings()
    for _ in range(20):
        centres = rng.uniform(0, 90, (3, 2))
        points = np.vstack([centre + rng.normal(0, rng.uniform(1, 8), (12, 2)) for centre in centres])
        points = np.vstack([points, rng.uniform(0, 90, (6, 2))])
        clusters = find_clusters(points, settings)
        shares = memberships(points, clusters)
        assert shares.shape == (len(points), len(clusters))
        assert ((shares >= 0) & (shares <= 1)).all()
        for number, cluster in enumerate(clusters):
            inside = np.isin(np.arange(len(points)), cluster.members)
            assert (shares[inside, number] >= 0.5 - 1e-9).all()
            assert (shares[~inside, number] < 0.5).all()


@pytest.mark.parametrize(("off_mm", "share"), [(0.0, 1.0), (7.0, 0.5), (14.0, 0.25), (28.0, 0.0625)])
def test_membership_halves_with_every_reach(off_mm, share):
    core = _line(6, 1.0)
    points = np.vstack([core, core[-1] + np.array([0.0, off_mm])])
    assert memberships(points, find_clusters(core, GroupSettings()))[-1, 0] == pytest.approx(share)


def test_without_clusters_there_are_no_memberships():
    assert memberships(_line(2, 1.0), ()).shape == (2, 0)
    assert memberships(np.zeros((0, 2)), ()).shape == (0, 0)


def test_a_member_is_held_by_others_and_not_by_itself():
    points = _line(4, 3.5)  # the inner ones have their third neighbour at 7 mm, so the reach is 14 mm
    [cluster] = find_clusters(points, GroupSettings())
    assert memberships(points, [cluster])[:, 0] == pytest.approx([0.5 ** (3.5 / 14)] * 4)
