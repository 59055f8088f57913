"""Which set feeds which head, and what its rows say. Train files only; nothing here reads them.

Left out on purpose: harm_request/*_safe and topics (their rows may stand in the test files of other tasks; the benign sets of
prompt_injection serve instead), davidson's and EDOS' clean rows as clean text for each other.
"""

from __future__ import annotations

from dataclasses import dataclass

Says = dict[str, object]
"""By target: 0 or 1; `label`: the row's own; `clean`: 0 where the row's label is 0, else nothing is said of it."""


@dataclass(frozen=True, slots=True)
class Feed:
    """`share`: how often the set is drawn, times the root of its rows. `trust`: what a row weighs in the loss."""

    head: str
    path: str
    says: Says
    share: float = 1.0
    trust: float = 1.0
    cap: int = 0
    """Rows at most, 0: all; those with a label in `prefer` come first."""
    prefer: tuple[str, ...] = ()
    field: str = "text"
    planted: bool = False
    """Attacks stand in a carrier: they are looked for, and put into others."""
    only: int | None = None
    """Rows with this label only."""


SAFE: Says = {"attack": 0}
ROW: Says = {"attack": "label"}
CLEAN: Says = {"request": 0, "toxicity": 0, "sexism": 0}
REQUEST: Says = {"request": "label"}
TOXIC: Says = {"toxicity": "label", "request": "clean"}

FEEDS: tuple[Feed, ...] = (
    # -- injection: attacks that show in the text alone ------------------------------------------------------------
    Feed("injection", "prompt_injection/llmwarden", ROW, share=2.5),
    Feed("injection", "prompt_injection/garak_misc", ROW, share=2.0),
    Feed("injection", "prompt_injection/deepset", ROW, share=1.0, trust=0.4),
    Feed("injection", "prompt_injection/syn_injection", ROW, share=1.2, planted=True),
    # benign in many languages: a language is no label
    Feed("injection", "prompt_injection/xquad_benign", SAFE),
    Feed("injection", "prompt_injection/xcopa_benign", SAFE, share=0.7),
    # benign as people ask models
    Feed("injection", "prompt_injection/arena_benign", SAFE, share=1.5),
    Feed("injection", "prompt_injection/self_instruct_benign", SAFE, share=1.5),
    Feed("injection", "prompt_injection/awesome_benign", SAFE, share=1.5),
    Feed("injection", "prompt_injection/code_instruct_benign", SAFE),
    Feed("injection", "prompt_injection/gsm8k_benign", SAFE, share=0.5),
    Feed("injection", "prompt_injection/clinc_benign", SAFE, share=0.5),
    Feed("injection", "prompt_injection/banking77_benign", SAFE, share=0.5),
    # benign documents, posts and contracts
    Feed("injection", "prompt_injection/pubmedqa_benign", SAFE),
    Feed("injection", "prompt_injection/bipia", SAFE, only=0, share=0.8),
    Feed("injection", "groundedness/wice_oracle_chunk", SAFE, field="context"),
    Feed("injection", "pii/wikigold", SAFE, share=0.4),
    Feed("injection", "pii/wnut17", SAFE, share=0.3),
    Feed("injection", "pii/sec_filings", SAFE, share=0.4),
    # -- injection-pair: attacks relative to the task ---------------------------------------------------------------
    Feed("injection-pair", "prompt_injection/bipia", ROW, planted=True),
    # -- harm: unsafe requests --------------------------------------------------------------------------------------
    Feed("harm", "harm_request/advbench", REQUEST, share=1.5),
    Feed("harm", "harm_request/refusal_direction_harmful", REQUEST, share=2.0),
    Feed("harm", "harm_request/aart", REQUEST, share=0.8, trust=0.8),
    Feed("harm", "harm_request/garak_phrasing", REQUEST, share=0.5, trust=0.3),
    Feed("harm", "prompt_injection/xquad_benign", CLEAN, share=0.7),
    Feed("harm", "prompt_injection/xcopa_benign", CLEAN, share=0.5),
    Feed("harm", "prompt_injection/arena_benign", CLEAN, share=1.0, trust=0.7),
    Feed("harm", "prompt_injection/self_instruct_benign", CLEAN, share=1.5),
    Feed("harm", "prompt_injection/awesome_benign", CLEAN, share=0.7),
    Feed("harm", "prompt_injection/code_instruct_benign", CLEAN),
    Feed("harm", "prompt_injection/gsm8k_benign", CLEAN, share=0.4),
    Feed("harm", "prompt_injection/clinc_benign", CLEAN, share=0.5),
    Feed("harm", "prompt_injection/banking77_benign", CLEAN, share=0.5),
    Feed("harm", "prompt_injection/pubmedqa_benign", CLEAN, share=0.4),
    # -- harm: toxicity ---------------------------------------------------------------------------------------------
    Feed("harm", "toxicity/davidson", TOXIC, share=0.5, cap=6000, prefer=("hate", "neither")),
    Feed("harm", "toxicity/paradetox", TOXIC, share=0.7, cap=12000),
    Feed("harm", "toxicity/implicit_hate", TOXIC, share=0.5, trust=0.6),
    Feed("harm", "toxicity/toxigen_human", TOXIC),
    Feed("harm", "toxicity/toxigen_demos", TOXIC, share=1.5),
    Feed("harm", "toxicity/rtp_decodingtrust", TOXIC, trust=0.7),
    # -- harm: sexism; its rows of label 0 hold other abuse and are clean of nothing else ---------------------------
    Feed("harm", "sexism/edos", {"sexism": "label"}, share=1.0),
    # -- names ------------------------------------------------------------------------------------------------------
    Feed("names", "pii/wikigold", {}, share=2.0),
    Feed("names", "pii/btc", {}, share=1.0),
    Feed("names", "pii/wnut17", {}, share=1.0),
    Feed("names", "pii/presidio_synth_v2", {}, share=0.7),
    Feed("names", "pii/presidio_generated_large", {}, share=0.7),
    Feed("names", "pii/sec_filings", {}, share=0.4, trust=0.7),
)

SPAN_KINDS: dict[str, str] = {
    **dict.fromkeys(("per", "person"), "person"),
    **dict.fromkeys(("loc", "location", "gpe", "place"), "place"),
    **dict.fromkeys(("org", "organization", "organisation", "corporation"), "organisation"),
}
"""Types of spans, lower case, as names. Types in neither table are no names (O)."""

SPAN_UNTOLD: frozenset[str] = frozenset(
    ("address", "street_address", "group", "fac", "facility", "email_address", "domain_name", "url")
)
"""These hold names that are not marked apart: their tokens are left out of the loss."""

ROLES: frozenset[str] = frozenset(
    ("borrower", "borrowers", "lender", "lenders", "agent", "bank", "banks", "company", "parent", "guarantor", "holder")
)
"""Contracts call parties so; marked as names in sec_filings, and names they are not: left out of the loss."""

OWN = {"injection": 4.0, "injection-pair": 2.5, "harm": 4.5, "names": 1.0}
"""The share of the project's own cases (models/train/cases), as `Feed.share`."""
