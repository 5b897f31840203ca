//! Everything that a team has, as one ZIP of JSON documents. Pictures are named by their addresses.

use std::fs::File;
use std::io::{Seek as _, Write as _};

use domain::{Mode, Right, Timestamp};
use serde_json::{Value, json};
use store::{EventFilter, Generation, GenerationFilter, TemplateFilter};
use tokio::sync::mpsc;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::Member;
use crate::{App, Error, Missing, Result};

/// Rows that are read at a time.
const PAGE: u32 = 100;
/// Parts that may wait for the file.
const AHEAD: usize = 16;

/// What goes into the file, in order.
enum Part {
    File(String),
    Bytes(Vec<u8>),
}

/// The way into a ZIP that another thread writes.
struct Archive(mpsc::Sender<Part>);

impl App {
    /// The team's settings, members, keys (without secrets), kits, own templates, generations with their inputs, ledger and
    /// audit log. The file has no name and goes with its last handle; it stands at its beginning.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::PasswordNeeded`]; a full disk.
    pub async fn export_team(&self, member: &Member) -> Result<File> {
        member.need_with_password(Right::Export)?;
        let (sender, parts) = mpsc::channel(AHEAD);
        let writing = tokio::task::spawn_blocking(move || write(parts));
        let archive = Archive(sender);
        let filled = self.fill(member, &archive).await;
        drop(archive);
        let file = writing.await.map_err(Error::internal)?;
        // A writer that failed says why; the one who fed it only knows that it is gone.
        let file = file.map_err(Error::internal)?;
        filled?;
        self.note(member, "team.exported", &member.name, "").await;
        Ok(file)
    }

    async fn fill(&self, member: &Member, archive: &Archive) -> Result<()> {
        let (team, now) = (member.team, self.clock.now());
        let row = self.store.team(team, now).await?.ok_or_else(|| Error::missing(Missing::Team))?;
        let settings = json!({
            "id": row.id, "slug": row.slug, "name": row.name, "plan": row.plan, "locale": row.locale, "timeZone": row.time_zone,
            "createdAt": row.created_at, "exportedAt": now,
        });
        archive.document("team.json", &settings).await?;
        let members = self
            .store
            .members(team)
            .await?
            .into_iter()
            .map(|row| json!({ "name": row.name, "email": row.email.as_str(), "role": row.role, "joinedAt": row.joined_at }));
        archive.document("members.json", &members.collect()).await?;
        let keys = self.store.keys(Some(team)).await?.into_iter().map(|key| {
            json!({
                "id": key.id, "name": key.name, "mode": key.mode, "hint": key.hint, "scopes": key.scopes, "createdAt": key.created_at,
                "lastUsedAt": key.last_used_at, "expiresAt": key.expires_at, "revokedAt": key.revoked_at,
            })
        });
        archive.document("keys.json", &keys.collect()).await?;
        self.library(member, archive).await?;
        for mode in [Mode::Live, Mode::Test] {
            self.export_generations(member, mode, archive).await?;
        }
        let entries = self.store.entries(team, u32::MAX).await?.into_iter().map(|entry| {
            json!({
                "id": entry.id, "kind": entry.kind, "from": entry.from, "to": entry.to, "amount": entry.amount,
                "generationId": entry.generation, "imageId": entry.image, "reason": entry.reason, "createdAt": entry.created_at,
            })
        });
        archive.document("ledger.json", &entries.collect()).await?;
        archive.file("audit-log.jsonl").await?;
        let mut cursor = None;
        loop {
            let page = self.store.events(team, &EventFilter::default(), PAGE, cursor.as_deref()).await?;
            for event in page.rows {
                let line = json!({
                    "at": event.at, "user": event.user, "userName": event.user_name, "action": event.action, "subject": event.subject,
                    "detail": event.detail, "address": event.address,
                });
                archive.line(&line).await?;
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// Kits and the team's own templates, each in its latest version.
    async fn library(&self, member: &Member, archive: &Archive) -> Result<()> {
        let mut cursor = None;
        loop {
            let page = self.store.brand_kits(member.team, PAGE, cursor.as_deref()).await?;
            for kit in page.rows {
                let stored: Value = serde_json::from_str(&kit.document).map_err(Error::internal)?;
                archive.file(&format!("brand-kits/{}.json", kit.slug)).await?;
                archive.bytes(stored["file"].as_str().unwrap_or_default().as_bytes().to_vec()).await?;
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let mut cursor = None;
        loop {
            let page = self.store.template_groups(member.team, &TemplateFilter::default(), PAGE, cursor.as_deref()).await?;
            for revision in page.rows.into_iter().filter(|revision| revision.group.team == Some(member.team)) {
                archive.file(&format!("templates/{}.json", revision.group.slug)).await?;
                archive.bytes(revision.document.into_bytes()).await?;
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    async fn export_generations(&self, member: &Member, mode: Mode, archive: &Archive) -> Result<()> {
        archive.file(&format!("generations-{mode}.jsonl")).await?;
        let filter = GenerationFilter { mode: Some(mode), ..GenerationFilter::default() };
        let mut cursor = None;
        loop {
            let page = self.store.generations(member.team, &filter, PAGE, cursor.as_deref()).await?;
            for listed in page.rows {
                // Lists have no inputs. One that was deleted in between is left out.
                if let Some(generation) = self.store.generation(member.team, mode, listed.id).await? {
                    archive.line(&self.exported(generation)?).await?;
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    fn exported(&self, row: Generation) -> Result<Value> {
        let read = |text: &str| serde_json::from_str::<Value>(text).map_err(Error::internal);
        let images: Vec<Value> = row
            .images
            .iter()
            .map(|image| {
                let files = image
                    .files
                    .iter()
                    .map(|file| json!({ "format": file.format, "url": self.picture_url(&file.blob_key), "sha256": file.sha256 }));
                json!({ "id": image.id, "key": image.key, "status": image.status, "files": files.collect::<Vec<_>>() })
            })
            .collect();
        let ended: Option<Timestamp> = row.completed_at;
        Ok(json!({
            "id": row.id, "status": row.status, "templateGroupId": row.template_group, "templateVersion": row.template_version,
            "brandKitId": row.brand_kit.map(|(id, _)| id), "locale": row.locale, "inputData": read(&row.input_data)?,
            "externalId": row.external_id, "metadata": read(&row.metadata)?, "creditsCharged": row.charged, "images": images,
            "createdAt": row.created_at, "completedAt": ended,
        }))
    }
}

impl Archive {
    async fn file(&self, name: &str) -> Result<()> {
        self.send(Part::File(name.to_owned())).await
    }

    async fn bytes(&self, bytes: Vec<u8>) -> Result<()> {
        self.send(Part::Bytes(bytes)).await
    }

    async fn document(&self, name: &str, value: &Value) -> Result<()> {
        self.file(name).await?;
        self.bytes(serde_json::to_vec_pretty(value).map_err(Error::internal)?).await
    }

    async fn line(&self, value: &Value) -> Result<()> {
        let mut line = serde_json::to_vec(value).map_err(Error::internal)?;
        line.push(b'\n');
        self.bytes(line).await
    }

    async fn send(&self, part: Part) -> Result<()> {
        self.0.send(part).await.map_err(|_| Error::internal("the export's file could not be written"))
    }
}

fn write(mut parts: mpsc::Receiver<Part>) -> std::io::Result<File> {
    let mut zip = ZipWriter::new(tempfile::tempfile()?);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
    while let Some(part) = parts.blocking_recv() {
        match part {
            Part::File(name) => zip.start_file(name, options).map_err(std::io::Error::other)?,
            Part::Bytes(bytes) => zip.write_all(&bytes)?,
        }
    }
    let mut file = zip.finish().map_err(std::io::Error::other)?;
    file.rewind()?;
    Ok(file)
}
