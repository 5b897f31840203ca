//! Where pictures are kept and how callers get them, from the settings that say so.

use std::{ops::RangeInclusive, time::Duration};

use app::Delivery;
use assets::Bucket;
use url::Url;

use super::Settings;

/// A week: AWS signs for no longer.
const PRESIGNED: RangeInclusive<u64> = 60..=604_800;

/// What the `storage_…` settings and `picture_delivery` say together.
#[derive(Clone, Debug)]
pub struct Storage {
    /// `None`: in the data folder.
    pub bucket: Option<Bucket>,
    pub delivery: Delivery,
}

impl Storage {
    /// # Errors
    /// Every fault, each with the setting's name.
    pub fn read(settings: &Settings) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let mut check = |name: &str, result: Result<_, String>| result.map_err(|why| faults.push(format!("{name} {why}"))).ok();
        let endpoint = set(&settings.storage_endpoint).and_then(|text| check("storage_endpoint", address(text, false)));
        let public = set(&settings.storage_public_url).and_then(|text| check("storage_public_url", address(text, true)));
        let bucket = set(&settings.storage_url).map(Bucket::from_url);
        let is_bucket = bucket.is_some();
        let bucket = match bucket {
            Some(Ok(bucket)) => Some(Bucket {
                endpoint,
                region: set(&settings.storage_region).map(str::to_owned),
                path_style: settings.storage_path_style,
                ..bucket
            }),
            Some(Err(why)) => {
                faults.push(format!("storage_url {why}"));
                None
            }
            None => None,
        };
        if !is_bucket && set(&settings.storage_endpoint).is_some() {
            faults.push("storage_endpoint is set, and storage_url names no bucket there".to_owned());
        }
        let delivery = match settings.picture_delivery.as_str() {
            "through" => Delivery::Through,
            "redirect" => {
                if set(&settings.storage_public_url).is_none() {
                    faults.push("picture_delivery is \"redirect\", and storage_public_url does not say where to".to_owned());
                }
                Delivery::Redirect(public.map(|url| url.as_str().trim_end_matches('/').to_owned()).unwrap_or_default())
            }
            "presigned" => {
                if !is_bucket {
                    faults.push("picture_delivery is \"presigned\", and storage_url names no bucket".to_owned());
                }
                if !PRESIGNED.contains(&settings.presigned_seconds) {
                    let (least, most) = PRESIGNED.into_inner();
                    faults.push(format!("presigned_seconds is {}, and takes {least} to {most}", settings.presigned_seconds));
                }
                Delivery::Presigned(Duration::from_secs(settings.presigned_seconds))
            }
            other => {
                faults.push(format!("picture_delivery is {other:?}, and takes through, redirect or presigned"));
                Delivery::Through
            }
        };
        if faults.is_empty() { Ok(Self { bucket, delivery }) } else { Err(faults) }
    }
}

/// An empty text is "not set", as in the example file.
fn set(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

fn address(text: &str, with_path: bool) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|why| format!("is {text:?}, which is no URL: {why}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds credentials, which belong in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned());
    }
    let plain = url.query().is_none() && url.fragment().is_none() && (with_path || url.path() == "/");
    if matches!(url.scheme(), "http" | "https") && url.host().is_some() && plain {
        Ok(url)
    } else {
        Err(format!("is {text:?}, and takes https://host{}", if with_path { " or https://host/path" } else { " or https://host:port" }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Layers, load};

    fn storage(pairs: &[(&str, &str)]) -> Result<Storage, String> {
        let environment = pairs.iter().map(|(name, value)| (format!("REPEATPOSTS_{name}").into(), value.into())).collect();
        load(&Layers { environment, ..Layers::default() }).map(|settings| Storage::read(&settings).unwrap())
    }

    #[test]
    fn without_settings_pictures_are_in_the_data_folder_and_go_through_us() {
        let storage = storage(&[("STORAGE_URL", ""), ("STORAGE_ENDPOINT", "")]).unwrap();
        assert!(storage.bucket.is_none());
        assert_eq!(storage.delivery, Delivery::Through);
    }

    #[test]
    fn a_bucket_has_its_service_region_and_style() {
        let storage = storage(&[
            ("STORAGE_URL", "s3://acme/eu"),
            ("STORAGE_ENDPOINT", "https://s3.example.com:9000/"),
            ("STORAGE_REGION", "garage"),
            ("STORAGE_PATH_STYLE", "false"),
            ("PICTURE_DELIVERY", "presigned"),
            ("PRESIGNED_SECONDS", "60"),
        ])
        .unwrap();
        let bucket = storage.bucket.unwrap();
        assert_eq!(bucket.to_string(), "s3://acme/eu at https://s3.example.com:9000");
        assert_eq!((bucket.region.as_deref(), bucket.path_style), (Some("garage"), false));
        assert_eq!(storage.delivery, Delivery::Presigned(Duration::from_secs(60)));
    }

    #[test]
    fn the_public_url_may_have_a_path_and_loses_its_last_slash() {
        let storage = storage(&[("PICTURE_DELIVERY", "redirect"), ("STORAGE_PUBLIC_URL", "https://cdn.example.com/eu/")]).unwrap();
        assert_eq!(storage.delivery, Delivery::Redirect("https://cdn.example.com/eu".into()));
    }

    #[test]
    fn every_fault_is_told_at_once_and_no_credential_is_repeated() {
        let faults = storage(&[
            ("STORAGE_URL", "gs://acme"),
            ("STORAGE_ENDPOINT", "https://key:hunter2@s3.example.com"),
            ("STORAGE_PUBLIC_URL", "cdn.example.com"),
            ("PICTURE_DELIVERY", "presigned"),
            ("PRESIGNED_SECONDS", "5"),
            ("WAITING_CALLS", "1"),
        ])
        .unwrap_err();
        for part in ["storage_url is", "storage_endpoint holds", "storage_public_url is", "presigned_seconds is 5", "waiting_calls is 1"] {
            assert!(faults.contains(part), "{part}: {faults}");
        }
        assert!(!faults.contains("hunter2"), "{faults}");
        for (pairs, part) in [
            (&[("PICTURE_DELIVERY", "redirect")][..], "storage_public_url does not say"),
            (&[("PICTURE_DELIVERY", "presigned")], "names no bucket"),
            (&[("PICTURE_DELIVERY", "mail")], "takes through, redirect or presigned"),
            (&[("STORAGE_ENDPOINT", "https://s3.example.com")], "names no bucket there"),
        ] {
            let faults = storage(pairs).unwrap_err();
            assert!(faults.contains(part), "{part}: {faults}");
        }
    }
}
