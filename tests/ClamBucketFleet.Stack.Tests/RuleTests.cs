using Shouldly;
using Xunit;

namespace ClamBucketFleet.Stack.Tests;

/// <summary>What create-stack refuses, before anything is made.</summary>
public sealed class RuleTests(Account account)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData("InfectedAction=quarantine", "quarantine needs a bucket")]
    [InlineData("UnscannableAction=quarantine", "quarantine needs a bucket")]
    [InlineData("InfectedAction=quarantine CreateQuarantineBucket=true QuarantineBucketName=jail", "one quarantine bucket")]
    [InlineData("CleanAction=move", "move needs CleanBucketName")]
    [InlineData("CleanBucketName=clean", "of use with CleanAction move only")]
    [InlineData("BucketNames=s3://uploads", "without s3://")]
    [InlineData("QuarantinePrefix=/infected", "not beginning with a slash")]
    [InlineData("QuarantinePrefix=a\"b", "letters, digits")]
    [InlineData("AlertsPublish=infected,everything", "with commas between, or all")]
    [InlineData("KmsKeyArn=alias/mine", "not of an alias")]
    [InlineData("OrganizationId=123456789012", "an AWS Organizations id")]
    [InlineData("QuarantineReaderArns=security", "ARNs of IAM roles or users")]
    [InlineData("DrainSeconds=120", "at most 110")]
    [InlineData("MaxInstances=0", "at least 1")]
    [InlineData("OnDemandPercentage=101", "at most 100")]
    [InlineData("InfectedAction=clean", "must be one of the values")]
    [InlineData("AlertEmail=nobody", "an e-mail address")]
    [InlineData("InstanceTypes=large", "instance types such as")]
    public async Task Parameters_that_cannot_work_are_refused_with_what_to_do(string changes, string reason)
    {
        var parameters = account.Example("small-and-cheap");
        foreach (var change in changes.Split(' '))
            parameters[change.Split('=', 2)[0]] = change.Split('=', 2)[1];

        var result = await account.CallAsync("create-stack", "refused", CreatedStack.Template, parameters, Cancellation);

        result.ExitCode.ShouldNotBe(0);
        result.Error.ShouldContain(reason);
    }
}
