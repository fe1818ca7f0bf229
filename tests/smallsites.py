"""Small sites that tests of the command line read: files by path."""

from __future__ import annotations

GOOD = {
    "content/a.md": "---\ntitle: A\npermalink: /a/\ntags: [GANs]\n---\nSee [B](/b).\n",
    "content/b.md": "---\ntitle: B\npermalink: /b/\n---\nSee [A](/a).\n",
}

DANGLING = {"content/c.md": "---\ntitle: C\n---\nSee [D](/dropout).\n"}

DANGLING_PLACE = "content/c.md:4:9: error: link to '/dropout', but no page has that permalink"

WARNED = {"content/c.md": "---\ntitle: C\n---\n![](x.svg)\n", "content/x.svg": "picture"}

REMARKED = {"content/c.md": "---\ntitle: C\n---\nNobody links here.\n"}

POST = """\
---
layout: post
title: "Deep Learning"
date: 2019-05-20 12:15:12 -0500
permalink: /deep_learning/

tags:
  - Deep Learning
  - Recurrent Neural Networks
  - GANs
---

Learning in *many layers*.

## Types

### Unsupervised Pretrained Networks

See main article [UPN](/unsupervised_petrained_networks).

### Convolutional Neural Networks

See main article [CNN](/convolutional_neural_networks).

### Recurrent Neural Networks

See main article [Recurrent Neural Networks](/recurrent_neural_networks).

### Recursive Neural Networks

See main article [Recursive Neural Networks](/recursive_neural_networks).

### Transfer Learning

See main article [Transfer Learning](/transfer_learning).

## Comparison

  |                  | Machine Learning | Deep Learning    |
  |:----------------:|:----------------:|:----------------:|
  | Features         | by hand          | learned          |
  | Data             | thousands        | millions         |
"""

SEED = {"content/2019-05-20-deep-learning.md": POST}

# Target, line, column, and the heading over the link.
WANTED = [
    ("/unsupervised_petrained_networks", 19, 24, "Unsupervised Pretrained Networks"),
    ("/convolutional_neural_networks", 23, 24, "Convolutional Neural Networks"),
    ("/recurrent_neural_networks", 27, 46, "Recurrent Neural Networks"),
    ("/recursive_neural_networks", 31, 46, "Recursive Neural Networks"),
    ("/transfer_learning", 35, 38, "Transfer Learning"),
]

REST = WANTED[1:]

# The pages that are wanted, every other one with a trailing slash in its permalink.
FULL = SEED | {
    f"content{target}.md": (
        f"---\nlayout: post\ntitle: {title}\ndate: 2019-06-0{number} 10:00:00 -0500\n"
        f"permalink: {target}{'/' * (number % 2)}\ntags:\n  - {title}\n---\n"
        f"Back to [Deep Learning](/deep_learning), or to a [part](/deep_learning#comparison).\n"
    )
    for number, (target, _, _, title) in enumerate(WANTED, start=1)
}

LISTED = {
    "content/a.md": (
        "---\ntitle: A\ndate: 2019-05-20 12:15:12 -0500\npermalink: /a/\nredirect_from: /old\n"
        "categories: [Basics]\ntags: [GANs, RNNs]\n---\n[B](/b)\n\n"
        "## Dropout\n\nSee [it](/dropout).\n"
    ),
    "content/b.md": "---\ntitle: B\ntags: [RNNs]\n---\n",
    "content/c.md": "---\ntitle: C\ndraft: true\n---\n",
    "content/d.md": "---\ntitle: D\ndate: 2999-01-01\n---\n",
    "content/e.md": "---\ntitle: E\npublished: false\n---\n",
}
