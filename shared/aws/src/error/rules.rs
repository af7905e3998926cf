//! The one table of error codes and remedies for AWS. `docs/errors.md` shows it; a test compares the two.

mod find;
mod taking_away;

use service::call_error::Remedy;

pub(crate) use find::remedy;
#[cfg(test)]
pub(crate) use find::rule;
pub(crate) use taking_away::TAKES_AWAY;

/// Error codes that have the same remedy for the same reason.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// `*` for every call, `iam:*` for a service's, `iam:CreateUser` for one. The most specific rule counts.
    pub(crate) calls: &'static [&'static str],
    pub(crate) codes: &'static [&'static str],
    pub(crate) remedy: Remedy,
    #[cfg_attr(not(test), expect(dead_code, reason = "the documentation shows it"))]
    pub(crate) why: &'static str,
}

const RETRY: Remedy = Remedy::RETRY;
const OPERATOR: Remedy = Remedy::NeedsOperator;
const FINAL: Remedy = Remedy::Permanent;
const ALL: &[&str] = &["*"];

pub(crate) const RULES: &[Rule] = &[
    Rule {
        calls: ALL,
        codes: &[
            "BandwidthLimitExceeded",
            "EC2ThrottledException",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequests",
            "TooManyRequestsException",
        ],
        remedy: RETRY,
        why: "too many calls at once",
    },
    Rule {
        calls: ALL,
        codes: &[
            "InternalError",
            "InternalFailure",
            "InternalServerError",
            "InternalServerException",
            "InternalServiceError",
            "RequestTimeout",
            "RequestTimeoutException",
            "ServiceFailure",
            "ServiceUnavailable",
            "ServiceUnavailableException",
        ],
        remedy: RETRY,
        why: "the service failed",
    },
    Rule {
        calls: ALL,
        codes: &[
            "ConcurrentModification",
            "ConcurrentModificationException",
            "EntityTemporarilyUnmodifiable",
            "IDPCommunicationError",
            "PriorRequestNotComplete",
            "TransactionConflictException",
            "TransactionInProgressException",
        ],
        remedy: RETRY,
        why: "something else changes the same thing at this moment",
    },
    Rule {
        calls: ALL,
        codes: &["LimitExceededException"],
        remedy: RETRY,
        why: "the SDK's models use this code for throttling",
    },
    Rule {
        calls: ALL,
        codes: &[
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidIdentityToken",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "TokenRefreshRequired",
            "UnrecognizedClientException",
        ],
        remedy: OPERATOR,
        why: "the worker's own credentials are missing, expired or were replaced",
    },
    Rule {
        calls: ALL,
        codes: &[
            "IncompleteSignature",
            "IncompleteSignatureException",
            "InvalidSignatureException",
            "RequestExpired",
            "RequestTimeTooSkewed",
            "SignatureDoesNotMatch",
        ],
        remedy: OPERATOR,
        why: "the worker's clock is wrong, or its secret key is",
    },
    Rule {
        calls: ALL,
        codes: &[
            "AccessDenied",
            "AccessDeniedException",
            "AuthorizationError",
            "AuthorizationErrorException",
            "InvalidSecurity",
            "NotAuthorized",
            "UnauthorizedOperation",
        ],
        remedy: OPERATOR,
        why: "the worker lacks a permission",
    },
    Rule {
        calls: ALL,
        codes: &[
            "AccountSuspended",
            "AccountSuspendedException",
            "OptInRequired",
            "RegionDisabledException",
            "SubscriptionRequiredException",
        ],
        remedy: OPERATOR,
        why: "the account or the region is closed, suspended or not enabled",
    },
    Rule {
        calls: ALL,
        codes: &["LimitExceeded", "ServiceQuotaExceededException"],
        remedy: OPERATOR,
        why: "a quota of the account is used up",
    },
    Rule {
        calls: ALL,
        codes: &[
            "KMSAccessDeniedException",
            "KMSDisabledException",
            "KMSInvalidStateException",
            "KMSNotFoundException",
            "KMSOptInRequired",
            "KmsAccessDenied",
            "KmsDisabled",
            "KmsInvalidKeyUsage",
            "KmsInvalidState",
            "KmsNotFound",
            "KmsOptInRequired",
        ],
        remedy: OPERATOR,
        why: "the encryption key cannot be used",
    },
    Rule {
        calls: ALL,
        codes: &["KMSThrottlingException", "KmsThrottled"],
        remedy: RETRY,
        why: "too many calls of KMS at once",
    },
    // IAM.
    Rule {
        calls: &["iam:*"],
        codes: &["AccessDenied", "AccessDeniedException"],
        remedy: FINAL,
        why: "IAM refuses this user, role or policy; the requester is told at once instead of after hours",
    },
    Rule {
        calls: &TAKES_AWAY,
        codes: &["AccessDenied", "AccessDeniedException"],
        remedy: OPERATOR,
        why: "an ending is never given up",
    },
    Rule {
        calls: &["iam:CreateRole", "iam:CreateUser"],
        codes: &["NoSuchEntity"],
        remedy: OPERATOR,
        why: "the permissions boundary is not there",
    },
    Rule {
        calls: &["iam:*"],
        codes: &[
            "EntityAlreadyExists",
            "InvalidInput",
            "MalformedPolicyDocument",
            "NoSuchEntity",
            "PolicyNotAttachable",
            "ServiceNotSupported",
            "UnmodifiableEntity",
            "ValidationError",
        ],
        remedy: FINAL,
        why: "what is asked for cannot be; where it is there or gone already, the caller takes that for done",
    },
    Rule {
        calls: &["iam:*"],
        codes: &["DeleteConflict"],
        remedy: RETRY,
        why: "something was attached a moment ago, or IAM does not see yet that it is gone",
    },
    Rule {
        calls: &[
            "iam:AttachRolePolicy",
            "iam:AttachUserPolicy",
            "iam:PutRolePolicy",
            "iam:PutUserPolicy",
            "iam:UpdateAssumeRolePolicy",
        ],
        codes: &["LimitExceeded"],
        remedy: FINAL,
        why: "the policies of this role of the catalogue are too large or too many",
    },
    Rule {
        calls: &["iam:CreateAccessKey"],
        codes: &["LimitExceeded"],
        remedy: RETRY,
        why: "a user has two keys at most; the next try deletes those of earlier tries first",
    },
    // STS.
    Rule {
        calls: &["sts:AssumeRole"],
        codes: &["AccessDenied", "AccessDeniedException"],
        remedy: FINAL,
        why: "the role's trust policy refuses a session; the requester is told at once instead of after hours",
    },
    Rule {
        calls: &["sts:AssumeRole"],
        codes: &[
            "MalformedPolicyDocument",
            "MalformedPolicyDocumentException",
            "PackedPolicyTooLarge",
            "PackedPolicyTooLargeException",
            "ValidationError",
        ],
        remedy: FINAL,
        why: "what is asked for cannot be",
    },
    // IAM Identity Center.
    Rule {
        calls: &["account-access:*", "identitystore:*", "sso:*"],
        codes: &["ConflictException"],
        remedy: RETRY,
        why: "an earlier change of the same thing has not come to its end",
    },
    Rule {
        calls: &["account-access:*", "identitystore:*", "sso:*"],
        codes: &["ResourceNotFoundException", "ValidationException"],
        remedy: FINAL,
        why: "what is asked for cannot be; where it is gone already, the caller takes that for done",
    },
    Rule {
        calls: &[
            "account-access:CreateEntitlement",
            "identitystore:CreateGroupMembership",
            "sso:CreateAccountAssignment",
        ],
        codes: &["AccessDenied", "AccessDeniedException"],
        remedy: FINAL,
        why: "the worker may not give this permission set, account, group or role; the requester is told at once instead of after hours",
    },
    // SQS.
    Rule {
        calls: &["sqs:*"],
        codes: &[
            "AWS.SimpleQueueService.NonExistentQueue",
            "AWS.SimpleQueueService.QueueDeletedRecently",
            "InvalidAddress",
            "QueueDeletedRecently",
            "QueueDoesNotExist",
        ],
        remedy: OPERATOR,
        why: "the queue is not there",
    },
    Rule { calls: &["sqs:*"], codes: &["OverLimit"], remedy: RETRY, why: "too many messages in flight" },
    Rule {
        calls: &["sqs:*"],
        codes: &[
            "BatchRequestTooLong",
            "InvalidAttributeName",
            "InvalidAttributeValue",
            "InvalidMessageContents",
            "InvalidParameterValue",
            "MessageNotInflight",
            "MissingParameter",
            "ReceiptHandleIsInvalid",
            "UnsupportedOperation",
        ],
        remedy: FINAL,
        why: "what is asked for cannot be",
    },
    // DynamoDB.
    Rule {
        calls: &["dynamodb:*"],
        codes: &["ResourceNotFoundException"],
        remedy: OPERATOR,
        why: "the table or its index is not there",
    },
    Rule {
        calls: &["dynamodb:*"],
        codes: &["ReplicatedWriteConflictException", "ResourceInUseException"],
        remedy: RETRY,
        why: "something else changes the same thing at this moment",
    },
    Rule {
        calls: &["dynamodb:*"],
        codes: &[
            "ConditionalCheckFailedException",
            "ItemCollectionSizeLimitExceededException",
            "ValidationException",
        ],
        remedy: FINAL,
        why: "what is asked for cannot be; a condition that failed is decided anew by the caller",
    },
    // EventBridge Scheduler.
    Rule {
        calls: &["scheduler:*"],
        codes: &["ResourceNotFoundException"],
        remedy: OPERATOR,
        why: "the schedule group is not there; a schedule that is not there is deleted already",
    },
    Rule {
        calls: &["scheduler:*"],
        codes: &["ConflictException"],
        remedy: RETRY,
        why: "something else changes the same schedule at this moment; one that is there already is updated",
    },
    Rule {
        calls: &["scheduler:*"],
        codes: &["ValidationException"],
        remedy: FINAL,
        why: "what is asked for cannot be",
    },
    Rule {
        calls: &["scheduler:CreateSchedule", "scheduler:UpdateSchedule"],
        codes: &["ValidationException"],
        remedy: OPERATOR,
        why: "the role, the queue or the dead-letter queue that the worker was started with is refused",
    },
    // SES.
    Rule {
        calls: &["ses:*"],
        codes: &[
            "AccountSendingPaused",
            "AccountSendingPausedException",
            "ConfigurationSetDoesNotExist",
            "ConfigurationSetDoesNotExistException",
            "ConfigurationSetSendingPaused",
            "ConfigurationSetSendingPausedException",
            "LimitExceededException",
            "MailFromDomainNotVerified",
            "MailFromDomainNotVerifiedException",
            "NotFoundException",
            "SendingPaused",
            "SendingPausedException",
        ],
        remedy: OPERATOR,
        why: "SES sends no email for this account: its quota, its sender or its configuration set",
    },
    Rule {
        calls: &["ses:*"],
        codes: &["BadRequestException", "MessageRejected"],
        remedy: FINAL,
        why: "SES refuses this email or its recipient; the sandbox is one reason",
    },
    // Secrets, read once at the start.
    Rule {
        calls: &["secretsmanager:*", "ssm:*"],
        codes: &[
            "DecryptionFailure",
            "InvalidKeyId",
            "InvalidRequestException",
            "ParameterNotFound",
            "ParameterVersionNotFound",
            "ResourceNotFoundException",
        ],
        remedy: OPERATOR,
        why: "the secret is not there or cannot be decrypted",
    },
    Rule {
        calls: &["secretsmanager:*", "ssm:*"],
        codes: &["InvalidParameterException", "ValidationException"],
        remedy: FINAL,
        why: "what is asked for cannot be",
    },
];
