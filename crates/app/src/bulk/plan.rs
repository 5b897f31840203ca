//! A run with its template opened: what a row says, what is wrong with it, and the call that it becomes.

use std::sync::Arc;

use domain::BulkRunId;
use serde_json::{Map, Value, json};
use store::{BulkRow, BulkRun};
use template::{Document, Size};

use super::row::{self, RowRead};
use super::setup::Setup;
use crate::catalog::Group;
use crate::generate::request;
use crate::{App, BrandChoice, Error, Member, Missing, Result};

pub(super) struct Plan {
    pub run: BulkRun,
    pub group: Group,
    pub columns: Vec<String>,
    pub setup: Setup,
}

impl App {
    /// # Errors
    /// [`Missing::BulkRun`] for another team's run as for one that never was.
    pub(super) async fn bulk_run(&self, member: &Member, id: &str) -> Result<BulkRun> {
        let missing = || Error::missing(Missing::BulkRun);
        let id: BulkRunId = id.parse().map_err(|_| missing())?;
        self.store.bulk_run(member.team, id).await?.ok_or_else(missing)
    }

    pub(super) async fn bulk_plan(&self, run: BulkRun) -> Result<Plan> {
        let group = self.accepted_group(run.team, run.template_group.clone(), run.template_version).await?;
        let columns = serde_json::from_str(&run.columns).map_err(Error::internal)?;
        let setup = serde_json::from_str(&run.setup).map_err(Error::internal)?;
        Ok(Plan { run, group, columns, setup })
    }
}

impl Plan {
    pub fn document(&self) -> &Arc<Document> {
        &self.group.document
    }

    /// The chosen sizes in the template's order.
    pub fn sizes(&self) -> impl Iterator<Item = &Size> {
        let chosen = &self.setup.sizes;
        self.document().sizes().iter().filter(move |size| chosen.is_empty() || chosen.contains(&size.key))
    }

    /// Everything that is wrong is found at once, but assets and kits that are gone: the call itself says so.
    pub fn read(&self, app: &App, row: &BulkRow) -> Result<RowRead> {
        let cells: Vec<String> = serde_json::from_str(&row.cells).map_err(Error::internal)?;
        let link_fault = |url: &str| match app.own_path(url) {
            Some(_) => None,
            None => assets::check_url_text(url, &app.allow).err().map(|fault| fault.to_string()),
        };
        let mut read = row::read(self.document(), &self.setup, cells, &link_fault);
        let body = self.body(row.number, &read.input, read.external_id.as_deref());
        let faults = request::read(&body, false).faults;
        let ids = faults.iter().filter(|fault| fault.param == "externalId");
        read.problems.extend(ids.map(|fault| row::problem("External id", fault, None)));
        Ok(read)
    }

    /// The row as the body of `POST /v1/generate`.
    pub fn body(&self, number: u32, input: &Map<String, Value>, external_id: Option<&str>) -> Value {
        let mut body = json!({
            "templateGroupId": self.group.id,
            "templateGroupVersion": self.group.version,
            "inputData": input,
            "templates": self.sizes().map(|size| &size.key).collect::<Vec<_>>(),
            "metadata": {"bulkRun": self.run.id, "row": number},
        });
        if !self.setup.format.is_empty() {
            body["output"] = json!({"format": self.setup.format});
        }
        match &self.setup.brand {
            BrandChoice::TeamDefault => {}
            BrandChoice::OwnLook => body["brandKitId"] = Value::Null,
            BrandChoice::Kit(id) => body["brandKitId"] = json!(id),
        }
        if let Some(id) = external_id {
            body["externalId"] = json!(id);
        }
        body
    }
}
