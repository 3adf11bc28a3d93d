"""Feature vectors for scikit-learn, with the product's own features."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from jobtwin.review.scan.features import (
    BUCKETS,
    CLASS_VALUE,
    bucket,
    class_names,
    run_buckets,
    value_of_words,
    word_buckets,
)
from jobtwin.review.scan.model import MAX_TOKENS
from jobtwin.review.scan.tokens import tokens_of


def vectors(folded: Sequence[str]) -> csr_matrix:
    """One row a text; exactly what `TextModel` sums, in an order that no hash seed changes."""
    starts, columns, values = [0], [], []
    for text in folded:
        tokens = tokens_of(text)[:MAX_TOKENS]
        distinct = set(tokens)
        words = [one for token in sorted(distinct) for one in word_buckets(token)]
        words += sorted(run_buckets(tokens))
        classes = [bucket(name) for name in sorted(class_names(tokens))]
        columns.append(np.array(words + classes, dtype=np.int32))
        worth = np.full(len(words) + len(classes), CLASS_VALUE, dtype=np.float32)
        worth[: len(words)] = value_of_words(len(distinct))
        values.append(worth)
        starts.append(starts[-1] + len(worth))
    matrix = csr_matrix(
        (np.concatenate(values), np.concatenate(columns), np.array(starts)), shape=(len(folded), BUCKETS)
    )
    matrix.sum_duplicates()
    return matrix
