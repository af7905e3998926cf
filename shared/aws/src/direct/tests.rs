//! Where a call is posted to.

use aws_config::{BehaviorVersion, Region};
use aws_types::service_config::ServiceConfigKey;

use super::*;

const SQS: Signed = called("SQS", "sqs");
const DYNAMODB: Signed = called("DynamoDB", "dynamodb");

const fn called(service_id: &'static str, service: &'static str) -> Signed {
    Signed { service_id, service, target: "Api.Call", media_type: "application/x-amz-json-1.0" }
}

fn config() -> aws_config::SdkConfig {
    SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build()
}

async fn found_at(
    change: impl FnOnce(aws_types::sdk_config::Builder) -> aws_types::sdk_config::Builder,
) -> String {
    let aws = change(config().to_builder()).build();
    endpoint::of(&aws, SQS).await.map(|uri| uri.to_string()).unwrap_or_default()
}

#[derive(Debug)]
struct NamesSqs;

impl aws_types::service_config::LoadServiceConfig for NamesSqs {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        (key.service_id() == "SQS").then(|| "https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com".to_owned())
    }
}

#[tokio::test]
async fn the_endpoint_is_the_sdk_s_by_region_and_partition_and_what_is_named_comes_first() {
    let eu = Region::from_static("eu-west-1");
    assert_eq!(found_at(|aws| aws.region(eu.clone())).await, "https://sqs.eu-west-1.amazonaws.com/");
    let china = Region::from_static("cn-north-1");
    assert_eq!(found_at(|aws| aws.region(china)).await, "https://sqs.cn-north-1.amazonaws.com.cn/");
    let us = Region::from_static("us-east-1");
    let fips = found_at(|aws| aws.region(us).use_fips(true)).await;
    assert_eq!(fips, "https://sqs-fips.us-east-1.amazonaws.com/");
    let named =
        |aws: aws_types::sdk_config::Builder| aws.region(eu.clone()).endpoint_url("http://127.0.0.1:4566");
    assert_eq!(found_at(named).await, "http://127.0.0.1:4566/");
    let for_sqs = found_at(|aws| named(aws).service_config(NamesSqs)).await;
    assert_eq!(for_sqs, "https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com/");
}

#[tokio::test]
async fn the_endpoint_of_another_service_is_named_alike() {
    for (region, fips, expected) in [
        ("eu-west-1", false, "https://dynamodb.eu-west-1.amazonaws.com/"),
        ("cn-north-1", false, "https://dynamodb.cn-north-1.amazonaws.com.cn/"),
        ("us-east-1", true, "https://dynamodb-fips.us-east-1.amazonaws.com/"),
    ] {
        let aws = config().to_builder().region(Region::from_static(region)).use_fips(fips).build();
        assert_eq!(endpoint::of(&aws, DYNAMODB).await.unwrap().to_string(), expected);
    }
    let named = config().to_builder().region(Region::from_static("eu-west-1"));
    let named = named.endpoint_url("http://sqs.localhost:4566").build();
    let found = endpoint::of(&named, DYNAMODB).await.unwrap().to_string();
    assert_eq!(found, "http://sqs.localhost:4566/", "what is named stays");
}

#[tokio::test]
async fn without_a_region_there_is_no_endpoint() {
    assert_eq!(found_at(|aws| aws).await, "");
    let why = Direct::new(&config(), SQS, None, Duration::from_secs(1)).await.unwrap_err().to_string();
    assert_eq!(why, "no endpoint is configured");
}
