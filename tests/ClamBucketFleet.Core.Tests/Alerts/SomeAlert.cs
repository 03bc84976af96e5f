namespace ClamBucketFleet.Core.Tests.Alerts;

internal static class SomeAlert
{
    /// <summary>The alert that the contract shows.</summary>
    public static Alert Full { get; } = new(
        "abc",
        new DateTimeOffset(2026, 11, 21, 19, 30, 0, 987, TimeSpan.FromHours(1)),
        "INFECTED",
        "QUARANTINE",
        null,
        "b",
        "k",
        null,
        "etag",
        68,
        "5d41",
        ["Eicar-Test-Signature"],
        null,
        "s3://q/infected/b/k",
        "ClamAV 1.4.6",
        new AlertDefinitions("27800", new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero)),
        "i-0abc",
        1,
        new AlertSeconds(1.2, 0.03, 0.01));

    public static Alert Empty { get; } = new(
        "abc", default, "SKIPPED", "NONE", null, "b", "k", null, null, null, null, [], null, null, null, null, null, null,
        new AlertSeconds(null, null, null));
}
