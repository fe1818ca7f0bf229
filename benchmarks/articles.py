"""The articles that are timed: made, the same on every machine, or read from a folder.

An article that is made has about 1,150 words under two levels of headings, with formulas, code,
a table, lists, and links to others of which some lead to a heading.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

SUBJECTS = (
    "Gradient Descent", "Attention", "Dropout", "Batch Normalization", "Autoencoders", "Diffusion",
    "Beam Search", "Word Embeddings", "Residual Networks", "Policy Gradients", "Contrastive Losses",
    "Graph Networks", "Quantization", "Transfer Learning", "Mixture of Experts", "Tokenization",
)  # fmt: skip
KINDS = (
    "Sparse", "Deep", "Online", "Bayesian", "Recurrent", "Convolutional", "Hierarchical", "Masked",
    "Adaptive", "Federated", "Robust", "Spectral", "Causal", "Stochastic", "Low Rank", "Greedy",
)  # fmt: skip
TAGS = (
    "Optimization", "Attention", "Regularization", "Computer Vision", "Language Models", "Speech",
    "Generative Models", "Reinforcement Learning", "Graphs", "Datasets", "Evaluation", "Retrieval",
    "Compression", "Robustness", "Privacy", "Theory", "Hardware", "Embeddings", "Segmentation",
    "Translation", "Pruning", "Distillation", "Time Series", "Robotics", "Recommendation",
)  # fmt: skip
CHAPTERS = (
    "Motivation", "Background", "Definition", "Training", "Inference", "Implementation", "Limits",
    "Variants", "Applications", "History", "In practice", "Open questions",
)  # fmt: skip
SECTIONS = (
    "Objective", "Initial values", "Numerical stability", "Memory", "Learning rate", "Batch size",
    "Noise", "Ablations", "Baselines", "Failure modes", "Data", "Warmup", "Metrics", "Notation",
)  # fmt: skip
THINGS = (
    "encoder", "decoder", "gradient", "loss", "embedding", "hidden state", "weight matrix", "prior",
    "posterior", "kernel", "feature map", "attention head", "optimizer", "teacher", "student",
    "policy", "replay buffer", "batch", "token sequence", "latent code", "learning rate", "layer",
)  # fmt: skip
QUALITIES = (
    "sparse", "noisy", "smooth", "shallow", "discrete", "bounded", "low rank", "invariant",
    "differentiable", "stochastic", "over-parameterized", "ill conditioned", "large", "frozen",
)  # fmt: skip
DEEDS = (
    "predicts", "compresses", "normalizes", "approximates", "masks", "updates", "projects",
    "penalizes", "interpolates", "shares", "samples", "replaces", "reconstructs",
)  # fmt: skip
SETTINGS = ("hidden_size", "num_heads", "weight_decay", "warmup_steps", "top_k", "temperature")
SIGNS = (
    r"\theta", r"x_i", r"p(y \mid x)", r"\nabla_\theta L", r"\lVert w \rVert_2", r"O(n \log n)",
    r"\frac{1}{n}", r"\epsilon \sim N(0, I)", r"W x + b", r"\lambda > 0",
)  # fmt: skip
SENTENCES = (
    "The {a} {x} {does} the {y}, which keeps the {z} close to where it began.",
    "A {a} {x} costs less than a {b} {y}, although it {does} less of the {z}.",
    "When the {x} becomes {a}, the {y} {does} the {z} and the error stops falling.",
    "Most programs take it that the {x} {does} a {a} {y}, which is rarely so.",
    "It helps to freeze the {x} and to let the {a} {y} follow the data at hand.",
    "Some report that the {x} *{does}* the {y} better than a **{b}** {z}.",
    "With `{name}` too high the {a} {x} forgets the {y}; with it too low the {z} never moves.",
    "Let ${sign}$ be the {a} {x}; then the {y} {does} the {z}.",
    "How far the {x} is from the {a} {y} is said by ${sign}$.",
)
FORMULAS = (
    r"L(\theta) = \frac{1}{n} \sum_{i=1}^{n} \ell(f_\theta(x_i), y_i) + \lambda \lVert \theta \rVert_2^2",  # noqa: E501
    r"\theta_{t+1} = \theta_t - \eta \nabla_\theta L(\theta_t)",
    r"\mathrm{softmax}(z)_i = \frac{\exp(z_i / \tau)}{\sum_{j=1}^{k} \exp(z_j / \tau)}",
    r"h_t = \tanh(W_h h_{t-1} + W_x x_t + b)",
    r"V(s) = \max_a \sum_{s'} P(s' \mid s, a) \, (R(s, a, s') + \gamma V(s'))",
)
PROGRAMS = (
    '''class {Name}(nn.Module):
    """The {a} {x} {does} the {y}."""

    def __init__(self, width: int = {n}, heads: int = {m}):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        seen, _ = self.attention(self.norm(x), x, x, need_weights=False)
        return x + seen  # the {x} stays''',
    '''def epoch(model, batches, optimizer, {name}={n}):
    """The {a} {x} {does} the {y}."""
    total = 0.0
    for step, (x, y) in enumerate(batches):
        optimizer.zero_grad(set_to_none=True)
        loss = model.loss(model(x), y)
        loss.backward()
        if step % {m} == 0:
            print(f"{{step:05d}} {{loss.item():.4f}}")
        optimizer.step()
        total += loss.item() * len(x)
    return total''',
)


@dataclass(frozen=True)
class Article:
    """One page: its permalink is `/slug/`, its body Markdown."""

    title: str
    slug: str
    date: datetime
    tags: tuple[str, ...]
    body: str


def made_articles(count: int) -> list[Article]:
    """Return so many articles that link to one another."""
    titles = [title_of(number) for number in range(count)]
    return [made_article(number, titles) for number in range(count)]


def title_of(number: int) -> str:
    """Return the title of an article that is made: no two are alike."""
    round_, number = divmod(number, len(KINDS) * len(SUBJECTS))
    kind, subject = divmod(number, len(SUBJECTS))
    return f"{KINDS[kind]} {SUBJECTS[subject]}" + f" {round_ + 1}" * (round_ > 0)


def slug_of(title: str) -> str:
    """Return a title as it stands in an address."""
    return re.sub("[^a-z0-9]+", "_", title.lower()).strip("_")


def made_article(number: int, titles: list[str]) -> Article:
    """Return one of the articles of which these are the titles."""
    rng = random.Random(number)
    blocks = []
    for chapter in chapters_of(number):
        blocks += [f"## {chapter}", paragraph(rng, 4), f"See main article {link(rng, titles)}."]
        blocks += [f"### {rng.choice(SECTIONS)}", paragraph(rng, 4)]
        blocks.append("\n".join(f"- {sentence(rng)}" for _ in range(3)))
        kind = rng.randrange(3)
        if kind == 0:
            blocks.append(f"$$\n{rng.choice(FORMULAS)}\n$$")
        elif kind == 1:
            blocks.append(f"```python\n{filled(rng.choice(PROGRAMS), rng)}\n```")
    blocks += [table(rng), f"{paragraph(rng, 2)} Compare {link(rng, titles)}."]
    date = datetime(2015, 1, 5, tzinfo=UTC) + timedelta(hours=7 * number)
    tags = tuple(sorted(rng.sample(TAGS, rng.randint(3, 7))))
    title = titles[number]
    return Article(title, slug_of(title), date, tags, "\n\n".join(blocks) + "\n")


def chapters_of(number: int) -> list[str]:
    """Return the headings of the second level of an article that is made."""
    return random.Random(-1 - number).sample(CHAPTERS, 5)


def filled(text: str, rng: random.Random) -> str:
    """Return a text with words where it has names in braces."""
    x, y, z = rng.sample(THINGS, 3)
    a, b = rng.sample(QUALITIES, 2)
    return text.format(
        a=a, b=b, x=x, y=y, z=z, does=rng.choice(DEEDS), name=rng.choice(SETTINGS),
        sign=rng.choice(SIGNS), Name=x.title().replace(" ", ""), n=rng.choice((64, 128, 256)),
        m=rng.randint(2, 16),
    )  # fmt: skip


def sentence(rng: random.Random) -> str:
    """Return a sentence of about 15 words."""
    return filled(rng.choice(SENTENCES), rng)


def paragraph(rng: random.Random, sentences: int) -> str:
    """Return so many sentences."""
    return " ".join(sentence(rng) for _ in range(sentences))


def link(rng: random.Random, titles: list[str]) -> str:
    """Return a link to an article; one in five leads to a heading."""
    other = rng.randrange(len(titles))
    title, slug = titles[other], slug_of(titles[other])
    if rng.randrange(5):
        return f"[{title}](/{slug})"
    chapter = rng.choice(chapters_of(other))
    return f"[{title}: {chapter.lower()}](/{slug}#{chapter.lower().replace(' ', '-')})"


def table(rng: random.Random) -> str:
    """Return a table of three columns and four rows."""
    rows = ["|  | Accuracy | Best use |", "|:---:|:---:|:---:|"]
    for thing in rng.sample(THINGS, 4):
        use = filled("The {a} {x} {does} the {y}", rng)
        rows.append(f"| {thing.capitalize()} | {rng.randint(1, 990) / 10}% | {use} |")
    return "\n".join(rows)


def jekyll_post(article: Article) -> str:
    """Return an article as the file of a post that dlsite reads."""
    tags = "\n".join(f"  - {tag}" for tag in article.tags)
    date = f"{article.date:%Y-%m-%d %H:%M:%S} -0500"
    return (
        f'---\nlayout: post\ntitle: "{article.title}"\ndate: {date}\n'
        f"permalink: /{article.slug}/\n\ntags:\n{tags}\n---\n\n{article.body}"
    )


def read_articles(folder: Path) -> list[Article]:
    """Read posts with title, date, permalink and a list of tags each, in order of their names."""
    found = []
    for path in sorted(folder.rglob("*.md")):
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        fields = yaml.safe_load(front)
        slug = fields["permalink"].strip("/")
        date = datetime.strptime(fields["date"], "%Y-%m-%d %H:%M:%S %z")
        found.append(Article(fields["title"], slug, date, tuple(fields["tags"]), body.lstrip("\n")))
    return found


def write_posts(content: Path, articles: list[Article]) -> None:
    """Write articles as posts into a folder, which is made."""
    content.mkdir(parents=True)
    for article in articles:
        (content / f"{article.slug}.md").write_text(jekyll_post(article), encoding="utf-8")
