"""The average of several executions of one movement."""

from __future__ import annotations

import warnings

import numpy as np

from dtwcoach.pose import FloatArray


def barycenter(curves: FloatArray, *, radius: int) -> FloatArray:
    """Return the DTW barycenter of executions, over all their features jointly.

    An execution that is closest to all of them under dynamic time warping: unlike a mean it does
    not blur what each did at another moment. It takes tslearn seconds to start, so it is made
    when a library is calibrated, never when a set is scored.

    Parameters
    ----------
    curves : (execution, samples, feature) float
        Finite, and scaled so that features weigh what they should.
    radius : int
        Sakoe-Chiba radius in samples.

    Returns
    -------
    (samples, feature) float

    References
    ----------
    F. Petitjean, A. Ketterlin and P. Gancarski, "A global averaging method for dynamic time
    warping, with applications to clustering", Pattern Recognition 44(3), 2011.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about h5py, which nothing here needs
        from tslearn.barycenters import dtw_barycenter_averaging

    constraint = {"global_constraint": "sakoe_chiba", "sakoe_chiba_radius": radius}
    return np.asarray(
        dtw_barycenter_averaging(
            curves,
            barycenter_size=curves.shape[1],
            init_barycenter=curves.mean(axis=0),
            max_iter=10,
            metric_params=constraint,
        )
    )
