"""From a latent space to the plane: what principal components are, what t-SNE keeps, what is refused."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from varigraph.reporting.projection import planar_view


@pytest.fixture
def embedding():
    return np.random.default_rng(0).normal(size=(50, 4)) * [1.0, 5.0, 0.1, 2.0]


def test_two_dimensions_are_shown_as_they_are():
    points = np.array([[1.0, 2.0], [3.0, 4.0]])
    view = planar_view(points)
    np.testing.assert_array_equal(view.points, points)
    assert view.axis_titles == ("latent dimension 1", "latent dimension 2")


def test_principal_components_are_those_of_scikit_learn_up_to_sign(embedding):
    ours, theirs = planar_view(embedding).points, PCA(2).fit_transform(embedding)
    # Both are exact methods in float64; the condition number of this covariance is below 1e4.
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), rtol=1e-8, atol=1e-10)


def test_the_axes_state_the_share_of_variance_that_scikit_learn_finds(embedding):
    shares = PCA(2).fit(embedding).explained_variance_ratio_
    titles = planar_view(embedding, method="pca").axis_titles
    assert titles[0] == f"principal component 1 ({shares[0]:.0%} of variance)"
    assert titles[1] == f"principal component 2 ({shares[1]:.0%} of variance)"


def test_the_sign_of_a_component_does_not_depend_on_the_order_of_the_points(embedding):
    order = np.random.default_rng(1).permutation(len(embedding))
    shuffled = planar_view(embedding[order]).points
    # Sums in another order differ in the last digits.
    np.testing.assert_allclose(shuffled, planar_view(embedding).points[order], atol=1e-9)


def test_points_that_all_coincide_have_a_view_without_variance():
    view = planar_view(np.ones((3, 5)))
    np.testing.assert_array_equal(view.points, np.zeros((3, 2)))
    assert view.axis_titles[0].endswith("(0% of variance)")


def test_tsne_keeps_groups_apart_that_are_far_apart():
    groups = np.repeat(np.eye(3) * 100, 10, axis=0)
    points = planar_view(
        groups + np.random.default_rng(0).normal(size=groups.shape), method="tsne"
    ).points.reshape(3, 10, 2)
    centres = points.mean(axis=1)
    radius = np.linalg.norm(points - centres[:, None], axis=2).max()
    gaps = [np.linalg.norm(centres[i] - centres[j]) for i in range(3) for j in range(i)]
    assert min(gaps) > 2 * radius


def test_tsne_gives_the_same_picture_twice(embedding):
    first, second = (planar_view(embedding, method="tsne").points for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("n_points", [1, 2, 3, 5])
def test_tsne_of_a_handful_of_points_is_finite(n_points):
    points = planar_view(np.random.default_rng(0).normal(size=(n_points, 4)), method="tsne").points
    assert points.shape == (n_points, 2)
    assert np.isfinite(points).all()


@pytest.mark.parametrize("shape", [(5,), (5, 1), (0, 3), (2, 3, 4)])
def test_a_shape_without_a_plane_is_refused(shape):
    with pytest.raises(ValueError, match="two dimensions at least"):
        planar_view(np.zeros(shape))


def test_a_nan_is_refused():
    with pytest.raises(ValueError, match="NaN or an infinity"):
        planar_view(np.array([[0.0, np.nan]]))


def test_an_unknown_method_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match='"auto", "pca" or "tsne"'):
        planar_view(np.zeros((2, 2)), method="umap")
