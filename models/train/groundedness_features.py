"""Fits the weights of the guard `groundedness` and tells each feature group's share.

    python models/train/groundedness_features.py TRAIN DEV --out WEIGHTS

TRAIN and DEV are what scripts/groundedness-features.mjs wrote of labelled sets and of what scripts/groundedness-swaps.mjs made of
them (files called swap_NAME). A reply is as bad as its worst claim: of a reply that is not
supported only the claim that the weights so far like least is learned from. Needs numpy and scikit-learn; a minute on one core.
"""

import argparse
import json
from collections import defaultdict

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

SEED = 20261121
ROUNDS = 4
# A set weighs as if it had so many rows, half of each label; one that is not named is left out. Chosen on the sets of
# development. syn_pairs and fool_me_twice tell less than they confuse: much that they call supported is not in their context.
SIZES = {
    "begin_cmudog": 1000,
    "breaking_nli": 1000,
    "conjnli_adversarial": 1000,
    "faithdial_audit": 1000,
    "fever_symmetric": 700,
    "wice_oracle_chunk": 3000,
    "swap_begin_cmudog": 500,
    "swap_conjnli_adversarial": 2000,
    "swap_faithdial_audit": 500,
    "swap_fever_symmetric": 600,
    "swap_syn_pairs": 4000,
    "swap_wice_oracle_chunk": 4000,
}


def read(path):
    with open(path) as lines:
        rows = [json.loads(line) for line in lines]
    return [row for row in rows if row["claims"]]


def matrix(rows, names):
    claims = [[claim[name] for name in names] for row in rows for claim in row["claims"]]
    owner = np.repeat(np.arange(len(rows)), [len(row["claims"]) for row in rows])
    return np.array(claims), owner


def worst(scores, owner, count):
    best = np.full(count, -np.inf)
    np.maximum.at(best, owner, scores)
    return best


def row_weights(rows):
    counts = defaultdict(int)
    for row in rows:
        counts[row["set"], row["label"]] += 1
    return np.array([SIZES[row["set"]] / 2 / counts[row["set"], row["label"]] for row in rows])


def fit(rows, names, strength):
    x, owner = matrix(rows, names)
    label = np.array([row["label"] for row in rows])
    weight = row_weights(rows)
    scores = x[:, names.index("missingPool")] if "missingPool" in names else x.sum(axis=1)
    for _ in range(ROUNDS):
        top = worst(scores, owner, len(rows))
        chosen = (label[owner] == 0) | (scores >= top[owner])
        share = np.bincount(owner[chosen], minlength=len(rows))
        model = LogisticRegression(C=strength, max_iter=2000, random_state=SEED)
        # All claims of a supported reply are good; together they weigh as its one row.
        model.fit(x[chosen], label[owner][chosen], sample_weight=(weight[owner] / share[owner])[chosen])
        scores = model.decision_function(x)
    return model


def balanced(label, score, threshold):
    hit = score >= threshold
    return (hit[label == 1].mean() + (~hit[label == 0]).mean()) / 2


def judge(model, rows, names):
    """For each set: rows, AUC, the best balanced accuracy and its threshold, and that at one half."""
    x, owner = matrix(rows, names)
    scores = worst(1 / (1 + np.exp(-model.decision_function(x))), owner, len(rows))
    label = np.array([row["label"] for row in rows])
    sets = np.array([row["set"] for row in rows])
    told = {}
    for name in sorted(set(sets)):
        its, score = label[sets == name], scores[sets == name]
        if len(set(its)) < 2:
            continue
        best = max(np.quantile(score, np.linspace(0.02, 0.98, 97)), key=lambda t: balanced(its, score, t))
        told[name] = (len(its), roc_auc_score(its, score), balanced(its, score, best), best, balanced(its, score, 0.5))
    return told


def held_out(rows, held, names, strength):
    """The set judged by weights that were fitted without it and without the facts changed in it."""
    left = [row for row in rows if row["set"] in SIZES and row["set"] not in (held, f"swap_{held}")]
    return judge(fit(left, names, strength), [row for row in rows if row["set"] == held], names)


def show(title, told):
    print(title)
    for name, (count, auc, best, threshold, half) in told.items():
        print(f"  {name:22} n {count:5}  AUC {auc:.3f}  balanced {best:.3f} at {threshold:.2f}, {half:.3f} at 0.50")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("train")
    parser.add_argument("dev")
    parser.add_argument("--out")
    parser.add_argument("--strength", type=float, default=0.3)
    parser.add_argument("--held-out", nargs="*", default=[], help="sets of TRAIN to judge by weights fitted without them")
    parser.add_argument("--groups", help="JSON: the features of each group, to tell their shares")
    args = parser.parse_args()
    rows, dev = read(args.train), read(args.dev)
    train = [row for row in rows if row["set"] in SIZES]
    names = [name for name in dev[0]["claims"][0] if name != "contradicted"]
    model = fit(train, names, args.strength)
    show("train", judge(model, train, names))
    show("dev", judge(model, dev, names))
    weights = {name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0])}
    print(json.dumps(weights))
    for held in args.held_out:
        show(f"fitted without {held}", held_out(rows, held, names, args.strength))
    if args.groups:
        for group, members in json.loads(args.groups).items():
            left = [name for name in names if name not in members]
            show(f"without {group}", judge(fit(train, left, args.strength), dev, left))
    if args.out:
        with open(args.out, "w") as file:
            json.dump({"bias": round(float(model.intercept_[0]), 4), "weights": weights}, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
