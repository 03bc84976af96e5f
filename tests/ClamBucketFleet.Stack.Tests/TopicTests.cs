using Shouldly;
using Xunit;

namespace ClamBucketFleet.Stack.Tests;

public sealed class TopicTests(Account account)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Findings_have_a_topic_with_the_key_that_a_parameter_names()
    {
        var stack = await account.PrivateAsync;

        var topic = await AttributesAsync(stack);

        topic.Text("KmsMasterKeyId").ShouldEndWith("key/00000000-0000-0000-0000-000000000002");
        stack.Outputs["FindingsTopicArn"].ShouldBe(stack["FindingsTopic"]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(Account.Id, true)]
    [InlineData("210987654321", false)]
    public async Task Alarms_of_the_account_and_no_others_reach_the_topic(string source, bool may)
    {
        var stack = await account.SmallAsync;
        var policy = Policy.Parse((await AttributesAsync(stack)).Text("Policy"));

        var alarm = new Request("sns:Publish", stack["FindingsTopic"], "cloudwatch.amazonaws.com")
        {
            Context = { ["aws:SourceAccount"] = source },
        };

        policy.Allows(alarm).ShouldBe(may);
        alarm.Context["aws:SecureTransport"] = "false";
        policy.Denies(alarm).ShouldBeTrue();
    }

    [Fact(Timeout = 120_000)]
    public async Task An_address_hears_of_findings_where_there_is_one()
    {
        var with = await account.SmallAsync;
        var without = await account.PrivateAsync;

        var subscription = (await SubscriptionsAsync(with)).ShouldHaveSingleItem();

        subscription.ShouldBe(("email", "you@example.com"));
        (await SubscriptionsAsync(without)).ShouldBeEmpty();
        without.Has("FindingsEmail").ShouldBeFalse();
    }

    private static async Task<System.Text.Json.JsonElement> AttributesAsync(CreatedStack stack) =>
        (await stack.AskAsync(Cancellation, "sns", "get-topic-attributes", "--topic-arn", stack["FindingsTopic"])).GetProperty("Attributes");

    private static async Task<(string, string)[]> SubscriptionsAsync(CreatedStack stack)
    {
        var all = await stack.AskAsync(Cancellation, "sns", "list-subscriptions-by-topic", "--topic-arn", stack["FindingsTopic"]);
        return [.. all.GetProperty("Subscriptions").EnumerateArray().Select(one => (one.Text("Protocol"), one.Text("Endpoint")))];
    }
}
