"""A site in many languages to search in, and what the search shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page

from hosting import Reader, published, served

FILES = {
    "dlsite.yml": "title: Notes\nbase_url: https://example.org/notes\n"
    "check: {rules: {page-orphan: 'off'}}\n",
    "content/lstm.md": """\
---
title: Recurrent Networks
description: Networks with a memory.
permalink: /rnn/
tags: [Sequences, Deep Learning]
---
A network reads a sequence step by step.

## Long Short-Term Memory

The constructor of a forget gate closes it where $\\sigma(b_f)$ is small.
Naïve <b>initialization</b> closes it.

## Training

Clip the gradients of a recurrent network.
""",
    "content/cnn.md": """\
---
title: Convolutional Networks
permalink: /cnn/
tags: [Vision, Deep Learning]
---
A network for images.

## Pooling

The gradients go to the largest value.
""",
    "content/zh.md": """\
---
title: 深度学习
lang: zh
permalink: /zh/
tags: [Deep Learning]
---
神经网络从数据中学习表示。

## 反向传播

用链式法则计算梯度。
""",
    "content/ja.md": """\
---
title: ニューラルネットワーク
lang: ja
permalink: /ja/
---
誤差逆伝播法で学習する。
""",
    "content/ko.md": """\
---
title: 딥러닝
lang: ko
permalink: /ko/
---
신경망은 데이터에서 배운다.
""",
    "content/th.md": """\
---
title: การเรียนรู้เชิงลึก
lang: th
permalink: /th/
---
โครงข่ายประสาทเทียมกำหนดค่าน้ำหนัก
""",
    "content/ar.md": """\
---
title: التَّعَلُّم العميق
lang: ar
permalink: /ar/
---
الشبكات العصبية تتعلّم من البيانات.
""",
    "content/hi.md": """\
---
title: गहन शिक्षण
lang: hi
permalink: /hi/
---
तंत्रिका जाल आँकड़ों से सीखते हैं।
""",
    "content/secret.md": "---\ntitle: Left out\nsearch: false\n---\nUnfindable words.\n",
}


def below_notes(folder: Path) -> Path:
    """Publish the site below `notes` in a folder, as its base URL says; return the folder."""
    published(FILES, folder / "site").rename(folder / "notes")
    return folder


@contextmanager
def search_reader(browser: Browser, public: Path) -> Iterator[Reader]:
    """Serve what `below_notes` has published, and give who reads it there."""
    with (
        served(public / "notes", public) as url,
        # From the disk the stylesheets of the site are not there.
        Reader(browser, f"{url}/notes", excused="ERR_FILE_NOT_FOUND") as reader,
    ):
        yield reader


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search")


def options(page: Page) -> Locator:
    return page.get_by_role("option")


def selected(page: Page) -> Locator:
    return page.locator("[role='option'][aria-selected='true']")


def status(page: Page) -> Locator:
    return page.locator(".search-status")


def marks(place: Locator) -> list[str]:
    return place.locator("mark").all_text_contents()
