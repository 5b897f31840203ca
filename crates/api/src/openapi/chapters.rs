//! The documentation's chapters, in their order: the document's tags. Those with `x-traitTag` hold no operation but
//! explain what all have in common; descriptions are Markdown.

use serde_json::{Value, json};

/// `name` is the chapter's address and the tag of its operations.
struct Chapter {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    /// Operations of other chapters whose examples stand here too.
    shows: &'static [&'static str],
    /// A table of the document that stands here: of `x-codes`, or `headers`.
    tables: &'static [&'static str],
    explains: bool,
}

impl Chapter {
    const fn of(name: &'static str, title: &'static str, about: &'static str) -> Self {
        Self { name, title, about, shows: &[], tables: &[], explains: false }
    }

    const fn explains(mut self) -> Self {
        self.explains = true;
        self
    }

    const fn shows(mut self, operations: &'static [&'static str]) -> Self {
        self.shows = operations;
        self
    }

    const fn with_tables(mut self, tables: &'static [&'static str]) -> Self {
        self.tables = tables;
        self
    }
}

const CHAPTERS: [Chapter; 15] = [
    Chapter::of("quickstart", "Quickstart", QUICKSTART).explains().shows(&["generate", "getGeneration"]),
    Chapter::of("authentication", "Authentication and modes", AUTHENTICATION).explains().shows(&["getCredits"]),
    Chapter::of("generate", "Generate pictures", GENERATE).with_tables(&["failures"]),
    Chapter::of("generations", "Read, list and delete generations", GENERATIONS),
    Chapter::of("templates", "Templates", TEMPLATES),
    Chapter::of("brandkits", "Brand kits", BRAND_KITS),
    Chapter::of("credits", "Credits", CREDITS),
    Chapter::of("assets", "Assets", ASSETS),
    Chapter::of("pictures", "Finished pictures", PICTURES),
    Chapter::of("idempotency", "Idempotency", IDEMPOTENCY).explains().shows(&["generate"]),
    Chapter::of("warnings", "Warnings", WARNINGS).explains().with_tables(&["warnings"]),
    Chapter::of("errors", "Errors", ERRORS).explains().with_tables(&["errors", "details"]),
    Chapter::of("limits", "Limits", LIMITS).explains().with_tables(&["plans", "headers"]),
    Chapter::of("meta", "OpenAPI document", META),
    Chapter::of("changelog", "Changelog", CHANGELOG).explains(),
];

/// The document's `tags`.
pub(super) fn tags() -> Value {
    let tag = |chapter: &Chapter| {
        let Chapter { name, title, about, shows, tables, explains } = chapter;
        let mut tag = json!({ "name": name, "x-displayName": title, "description": about });
        if *explains {
            tag["x-traitTag"] = json!(true);
        }
        if !shows.is_empty() {
            tag["x-shows"] = json!(shows);
        }
        if !tables.is_empty() {
            tag["x-tables"] = json!(tables);
        }
        tag
    };
    CHAPTERS.iter().map(tag).collect()
}

const QUICKSTART: &str = "\
One call turns a template group and its words into finished pictures in every size.

1. Make a **test key** in Team Settings, API Keys. Test calls are free; their pictures carry a watermark.
2. Put it in place of `rp_test_YOUR_KEY` in the example, and send the call.
3. Open `images[].url` of the answer. A call that takes longer than `waitMs` answers 202 and a `Location`: read that until \
`status` is `completed`, `partial` or `failed`.

For real pictures change the key to a live one; nothing else changes.";

const AUTHENTICATION: &str = "\
Every call carries a key in the header `X-API-Key`, never in the address. Only the OpenAPI document needs none. Keys belong on \
servers: the API sends no CORS headers, so a page of another site can't call it.

## Modes

A **live** key (`rp_live_…`) makes pictures that count: each costs a credit. A **test** key (`rp_test_…`) costs nothing, and its \
pictures carry a watermark and the warning `test_watermark`. Both see the team's templates, brand kits and assets; each sees only \
generations of its own mode.

## Scopes

A key may do everything, or what it was limited to: `generate`, `generations:read`, `templates:read`, `brandkits:read`, \
`credits:read`, `assets`. A call outside of them is answered 403 `scope_missing`.

## Keeping a key safe

A key is shown once, when it is made. Rotate it in Team Settings: the new one works at once, the old one for the grace time that \
you choose. A revoked or expired key answers 401 `invalid_api_key` like one that never was.";

const GENERATE: &str = "\
A template group has several sizes of one design; each size gives one image. All faults of the body come back at once. What the \
text of the request shows to be wrong is refused with nothing kept; a picture that can't be had fails its images only, uncharged.

## Values

Text is at most 5,000 characters, whatever the template says; `*…*` is the template's accent style, `\\*` a plain asterisk. \
Colours are `#rgb`, `#rrggbb` or `#rrggbbaa`; dates `YYYY-MM-DD` or RFC 3339. A picture is an address, a `data:` URL, \
`{\"assetId\"}`, or one of them with `focus` and `fit`. `null` means left out, but for `brandKitId`; an empty text counts as not \
given.

## Waiting

The answer waits `waitMs` for the end and comes with 200. What is not finished by then goes on: 202, `Location`, `Retry-After`. \
`waitMs: 0` or `Prefer: respond-async` doesn't wait at all.

## Dry run

`dryRun: true` checks everything, draws nothing and costs nothing: faults, warnings, an estimate, and how each text fits.";

const GENERATIONS: &str = "\
Poll a generation with its `ETag`, or let one request wait with `waitMs`. The list holds those of the key's mode, newest first. \
Deleting removes pictures and inputs; what was charged stays charged.";

const TEMPLATES: &str = "\
What can be made: the team's groups and the built-in ones. `fields` says what `inputData` takes; posting `exampleInputData` \
always succeeds. Lists come in pages: pass `nextCursor` as `cursor` while `hasMore`.";

const BRAND_KITS: &str = "\
Colours, fonts and logos by role. Templates bind to roles, so one template serves every kit. Leave `brandKitId` out of a call for \
the default kit; `null` is the template's own look.";

const CREDITS: &str = "\
One credit is one finished image of one size, whatever its pixels and however many encodings. Credits are reserved when a call is \
accepted, charged for each image that completed, and released for each that failed. Reading the balance is free.";

const ASSETS: &str = "\
Upload a picture once and use its id in any call. The same bytes give the same id.";

const PICTURES: &str = "\
Addresses of finished pictures need no key and may be used on any page. They never change: keep them as long as you like.";

const IDEMPOTENCY: &str = "\
Send `Idempotency-Key` (1 to 255 printable ASCII characters) with every `POST /v1/generate`, such as the id of your order. A repeat \
within 24 hours gets the same generation with `Idempotency-Replayed: true`, and is never charged twice.

- The same key with another body is refused: 422 `idempotency_key_reused`. `waitMs` may differ.
- A twin that comes while the first is being accepted gets 409 `idempotency_in_progress` or waits, then the first one's answer.
- Only accepted calls are kept. A 4xx, 429 or 503 uses no key up: mend it and send it again.
- A generation that failed replays as failed; use a new key to try again.
- Keys belong to the team and the mode.

So on a timeout, a broken connection or a 5xx: repeat the call with the same key.";

const WARNINGS: &str = "\
A warning is a fact about a picture that is finished all the same. Figures stand in `measured` and `limit`. Treat codes that you \
don't know by `severity`. Name codes in `failOn` to fail their image instead, uncharged.";

const ERRORS: &str = "\
Every error has the same envelope: `type`, `code`, a `message` for people, `param`, `details`, `requestId` and `docUrl`, which \
leads to the code's line here. Decide by `code`; treat unknown codes by `type` or status. Send us the `requestId` when something \
stays wrong.

Where several apply, the first answers: 404 of the path, 405, 401, 403, 429, 415, 413, 408, 400, 422 of the idempotency key, 404 \
of an id, 422 `validation_failed`, 503, 402.";

const LIMITS: &str = "\
Requests are counted in windows of 60 seconds that start with the first request, one bucket for each team and mode. `GET \
/v1/generate/{id}` has a bucket of its own, ten times as large. A refused request consumes nothing: wait for `Retry-After`, then go \
on. Without a valid key the client's address is counted: 60 a minute.

## Sizes

| What | Limit |
|---|---|
| Body of a call | 8 MiB of JSON, 32 levels, 2,000 keys |
| Images of a call | 12 |
| Pixels | an edge 8,192, an image 40 megapixels, a call 200 megapixels over all encodings |
| Encodings of an image | 5 |
| Remote pictures of a call | 10, of 20 MB each and 40 MB together, within 9 seconds |
| Uploads | 20 MB |
| `metadata` | 50 keys, 4 KiB |
| `Idempotency-Key` | 255 characters, kept 24 hours |
| `waitMs` | 30,000 |";

const META: &str = "\
This documentation is made from the OpenAPI 3.1 document of this installation. Make a client from it with any generator.";

const CHANGELOG: &str = "\
Version 1 grows by addition: fields, endpoints, warning codes, detail codes and enum values may be added at any time, so ignore \
what you don't know. Anything that is changed or removed is announced twelve months ahead, by the headers `Deprecation` and \
`Sunset` on the calls that it concerns, and here.

## v1

The first version: `POST /v1/generate`, `GET /v1/generate`, `GET` and `DELETE /v1/generate/{id}`, `GET /v1/templates`, \
`GET /v1/brandkits`, `GET /v1/credits`, `/v1/assets`, and this document.";
