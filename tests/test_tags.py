"""Tags: which are one, which look misspelt, which are wanted; and `tags.yml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from dlsite.diagnostics import Diagnostic
from dlsite.rules import Severity
from dlsite.terms.tagsfile import read_tags
from dlsite.terms.taxonomy import slug_of
from dlsite.understanding import Analysis
from dlsite.urls.permalinks import MAX_SEGMENT_BYTES

Understood = Callable[[Mapping[str, str]], Analysis]

# Tags of a large collection on machine learning, as its authors wrote them.
REAL = """
3d a-b-testing accelerators active-inference activation-functions actor-critic adagrad
adversarial-attacks agents agi agriculture ai ai-ethics ai-safety alexnet algorithms alignment
amazon-sagemaker annotation anomaly-detection apache-spark api architecture argument-mining art
asr astronomy asyncio attention audio augmented-reality autoencoders autograd automation automl
autonomous-vehicles aws azure backend bagging bandits batch-normalization bayes bayesian-networks
beam-search behavior-trees benchmarks bert bias bigquery binary-search bioinformatics biology blas
blockchain boosting brain-computer-interface browser c cpp caching calculus calibration
capsule-networks causality chatbots checkpoints chemistry chess ci-cd classification climate
clinical-trials cloud clustering cnn code-generation coding cognitive-science colab collaboration
colorization combinatorics compilers complexity compression computer-graphics computer-vision
concurrency conferences conda containers context-free-grammars control-theory convex-optimization
cooking coreml counterfactuals coursera crawling creativity crowdsourcing cryptography css csv
cuda curriculum-learning cybersecurity cython dask dashboards data-augmentation data-engineering
data-governance data-lakes data-science data-structures data-versioning data-visualization
databases debugging decision-trees deep-dream deepfakes deepmind deployment design-patterns devops
dialogue differential-equations diffusion-models dimensionality-reduction distillation
distributed-systems django docker documentation drones drug-discovery early-stopping earth-science
ecology economics edge-computing education eigenvectors elasticsearch electronics
embedded-systems embeddings emotion-recognition energy engineering ensembles entity-linking
epidemiology etl evaluation event-cameras evolution excel explainability face-recognition fairness
fashion fastai feature-engineering federated-learning few-shot-learning finance fine-tuning flask
forecasting fortran fourier-transform fpga fraud-detection functional-programming fuzzy-logic
game-development gans garbage-collection gaussian-processes gender genetics geometry geospatial git
github go golang gpu gradient-descent grammar graph-databases graphql graphs grpc hackathons
handwriting haskell healthcare heuristics history homomorphic-encryption html http
human-computer-interaction hydrology hyperparameters image-captioning imagenet imitation-learning
inference infrastructure interpretability interviews ios iot java javascript jax jobs journalism
json julia jupyter kafka kaggle keras kernels knowledge-graphs kotlin kubernetes labeling lambda
landmarks language-models latex law lidar linear-algebra linguistics linux literature llm logging
logic loss-functions lstm machine-translation malware manufacturing maps markov-chains marketing
math matlab matplotlib medicine memory meta-learning metrics microscopy mlops mnist
mobile molecules monitoring monte-carlo motion-capture multi-agent-systems multimodality museums
music named-entity-recognition navigation networking neuroscience news nlp notebooks numba numpy
nutrition ocr ontologies open-science openai opencv operations-research optics
optimal-transport optimization pandas parallel-computing parsing particle-physics pathology pca
peer-review performance philosophy photography physics planning plotting podcasts poetry
point-clouds politics pose-estimation postgresql pretraining privacy probability
product-management profiling programming-languages prompts proteins pruning psychology publishing
python pytorch quantization quantum-computing question-answering r radiology rag random-forests
ranking raspberry-pi react reading-lists recipes recommendation recycling
reinforcement-learning remote-sensing reproducibility research-software residual-networks retail
robotics ros ruby rust safety sampling satellite-imagery scala scaling-laws scheduling scikit-learn
scipy search security segmentation semantic-web sentiment-analysis serverless speech
"""
PLURALS = ["agent", "ensemble", "kernel", "language-model"]
PLURALS += ["loss-function", "graph", "chatbot", "dashboard"]
SEPARATORS = ["gradientdescent"]
LOOK_ALIKES = ["l1-regularization", "l2-regularization", "cifar10", "cifar100"]
LOOK_ALIKES += ["supervised-learning", "unsupervised-learning"]
LOOK_ALIKES += ["recursive-networks", "recurrent-networks", "resnet18", "resnet50"]


def _pages(counts: Mapping[str, int]) -> dict[str, str]:
    """Return one page for each use of a tag."""
    return {
        f"content/{number}-{use}.md": f"---\ntitle: T\ntags: [{tag!r}]\n---\nText.\n"
        for number, (tag, count) in enumerate(counts.items())
        for use in range(count)
    }


def _remarks(understood: Understood, texts: Mapping[str, str]) -> list[Diagnostic]:
    return [each for each in understood(texts).diagnostics if each.rule.startswith("tag-")]


def _tags(names: list[str]) -> str:
    return "---\ntitle: T\ntags: [" + ", ".join(names) + "]\n---\nText.\n"


def test_of_384_real_tags_the_nine_pairs_are_found_and_none_else(understood: Understood) -> None:
    plain = REAL.split()
    tags = [*plain, *PLURALS, *SEPARATORS, *LOOK_ALIKES]
    assert len(tags) == len(set(tags)) == 384
    # Each tag once: by number no spelling is better than the other.
    found = _remarks(understood, {f"content/{tag}.md": _tags([tag]) for tag in tags})
    hits = {frozenset((each.target, each.suggestions[0].text)) for each in found}
    plural = [frozenset((tag, f"{tag}s")) for tag in PLURALS]
    assert hits == {*plural, frozenset(("gradientdescent", "gradient-descent"))}
    assert len(hits) == 9


@pytest.mark.parametrize(
    ("tag", "right"),
    [
        ("Varational Autoenconders", "Variational Autoencoders"),
        ("Reinforcment Learning", "Reinforcement Learning"),
        ("nueral networks", "Neural Networks"),
        ("gradient-decent", "Gradient Descent"),
        ("Convolutonal Networks", "Convolutional Networks"),
    ],
)
def test_slip_of_a_term_of_deep_learning_is_found_though_it_stands_once(
    tag: str, right: str, understood: Understood
) -> None:
    (found,) = _remarks(understood, _pages({tag: 1}))
    assert (found.rule, found.target, found.suggestions[0].text) == ("tag-similar", tag, right)
    assert found.level is Severity.WARNING
    assert (found.position.line, found.position.length) == (3, len(tag))


def test_slip_of_a_frequent_tag_is_found(understood: Understood) -> None:
    found = _remarks(understood, _pages({"Quokka Studies": 4, "Quoka Studies": 1}))
    assert [(each.target, each.suggestions[0].text) for each in found] == [
        ("Quoka Studies", "Quokka Studies")
    ]


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param({"Quokka Studies": 3, "Quoka Studies": 1}, id="neither is frequent"),
        pytest.param({"Quokka Studies": 4, "Quoka Studies": 3}, id="neither is rare"),
        pytest.param({"Recursive Networks": 1, "Recurrent Networks": 9}, id="both are real"),
        pytest.param(
            {"Supervised Learning": 1, "Unsupervised Learning": 9}, id="both are real too"
        ),
        pytest.param({"cifar10": 9, "cifar100": 1}, id="numbers"),
        pytest.param({"Beta Learning": 1}, id="another word"),
        pytest.param({"Cats": 9, "Bats": 1}, id="short words"),
    ],
)
def test_what_may_be_meant_is_left_alone(counts: Mapping[str, int], understood: Understood) -> None:
    assert _remarks(understood, _pages(counts)) == []


def test_acronym_beside_its_name_is_a_remark(understood: Understood) -> None:
    (found,) = _remarks(understood, _pages({"VAE": 1, "Variational Autoencoders": 2}))
    assert (found.level, found.target) == (Severity.INFO, "VAE")


BOOK = """
Generative Adversarial Networks:
  synonyms: [GAN, Adversarial Nets]
  parent: Generative Models
  description: Two networks trained against each other.
Generative Models: Models that make new examples.
"""


def _book(tags: Mapping[str, int]) -> dict[str, str]:
    return _pages(tags) | {"content/tags.yml": BOOK}


def test_synonyms_are_one_tag_under_its_own_name(understood: Understood) -> None:
    analysis = understood(_book({"GANs": 1, "adversarial nets": 1, "Generative Models": 1}))
    terms = analysis.site.routes.terms["tags"]
    assert [(term.name, len(term.paths)) for term in terms] == [
        ("Generative Adversarial Networks", 2),
        ("Generative Models", 1),
    ]
    assert [each for each in analysis.diagnostics if each.rule.startswith("tag-")] == []


def test_synonym_leads_to_its_tag(understood: Understood) -> None:
    texts = _book({"GAN": 1}) | {"content/x.md": "---\ntitle: X\n---\n[a](/tags/gan/)\n"}
    analysis = understood(texts)
    assert [each.rule for each in analysis.diagnostics] == ["link-redirect"]


def test_tag_of_the_book_is_never_a_slip(understood: Understood) -> None:
    texts = _pages({"Reinforcment Learning": 1})
    texts["content/tags.yml"] = "Reinforcment Learning:\n"
    assert _remarks(understood, texts) == []


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("- a\n", "config-invalid", 1),
        ("A: [b]\n", "config-invalid", 1),
        ("A: {synonym: b}\n", "config-unknown", 1),
        ("A: {synonyms: {b: c}}\n", "config-invalid", 1),
        ("A:\n  synonyms: [B]\nB:\n", "config-invalid", 3),
        ("A: {\n", "config-invalid", 2),
    ],
)
def test_what_a_tags_file_cannot_say_is_a_finding(text: str, rule: str, line: int) -> None:
    _, (found,) = read_tags(text, path="content/tags.yml")
    assert (found.rule, found.position.path, found.position.line) == (
        rule,
        "content/tags.yml",
        line,
    )


def test_tag_that_is_not_allowed_is_a_finding(understood: Understood) -> None:
    texts = _book({"GANs": 1, "Transfer Lerning": 1, "Optimization": 1})
    texts["dlsite.yml"] = (
        "tags_allowed: [Transfer Learning, Generative Adversarial Networks]\n"
        "check: {rules: {page-: 'off', tag-similar: 'off'}}\n"
    )
    found = _remarks(understood, texts)
    assert [(each.rule, each.target) for each in found] == [
        ("tag-unknown", "Transfer Lerning"),
        ("tag-unknown", "Optimization"),
    ]
    assert [each.suggestions[0].text for each in found if each.suggestions] == ["Transfer Learning"]


# Addresses


def test_slug_of_a_long_name_can_be_that_of_a_file_and_is_no_others() -> None:
    begun = "deep learning " * 20
    names = [f"{begun}one", f"{begun}two", "深" * 70, "深" * 71, "😀" * 40, "😀" * 41]
    slugs = [slug_of(name) for name in names]
    assert all(len(slug.encode()) <= MAX_SEGMENT_BYTES for slug in slugs)
    assert len({*slugs}) == len(names)
    assert slugs[2].startswith("深" * 40 + "-")
    # What fits is left as it is, up to the last byte.
    assert slug_of("x" * MAX_SEGMENT_BYTES) == "x" * MAX_SEGMENT_BYTES
    assert slug_of("x" * MAX_SEGMENT_BYTES + "y").startswith("x" * 120 + "-")
