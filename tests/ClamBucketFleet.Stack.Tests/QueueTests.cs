using System.Text.Json;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Stack.Tests;

public sealed class QueueTests(Account account)
{
    private const string Stranger = "210987654321";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_message_is_leased_for_two_minutes_and_given_up_after_five_tries()
    {
        var stack = await account.SmallAsync;

        var queue = await stack.QueueAsync("ScanQueue", Cancellation);

        queue.Text("VisibilityTimeout").ShouldBe("120");
        queue.Text("ReceiveMessageWaitTimeSeconds").ShouldBe("20");
        var redrive = JsonElement.Parse(queue.Text("RedrivePolicy"));
        redrive.Text("maxReceiveCount").ShouldBe("5");
        redrive.Text("deadLetterTargetArn").ShouldBe((await stack.QueueAsync("ScanQueueDLQ", Cancellation)).Text("QueueArn"));
        stack.Outputs["ScanQueueUrl"].ShouldBe(stack["ScanQueue"]);
        stack.Outputs["ScanQueueArn"].ShouldBe(queue.Text("QueueArn"));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_was_given_up_stays_for_two_weeks()
    {
        var stack = await account.SmallAsync;

        (await stack.QueueAsync("ScanQueueDLQ", Cancellation)).Text("MessageRetentionPeriod").ShouldBe("1209600");
        stack.Outputs["DeadLetterQueueUrl"].ShouldBe(stack["ScanQueueDLQ"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Both_queues_are_encrypted_by_the_key_that_a_parameter_names()
    {
        var stack = await account.PrivateAsync;
        foreach (var queue in (string[])["ScanQueue", "ScanQueueDLQ"])
            (await stack.QueueAsync(queue, Cancellation)).Text("KmsMasterKeyId").ShouldEndWith("key/00000000-0000-0000-0000-000000000002");
    }

    [Theory(Timeout = 120_000)]
    [InlineData("s3.amazonaws.com", "aws:SourceAccount", Account.Id, true)]
    [InlineData("s3.amazonaws.com", "aws:SourceAccount", Stranger, false)]
    [InlineData("sns.amazonaws.com", "aws:SourceArn", $"arn:aws:sns:eu-west-1:{Account.Id}:uploads", true)]
    [InlineData("sns.amazonaws.com", "aws:SourceArn", $"arn:aws:sns:eu-west-1:{Stranger}:uploads", false)]
    [InlineData("events.amazonaws.com", "aws:SourceArn", $"arn:aws:events:eu-west-1:{Account.Id}:rule/uploads", true)]
    [InlineData("events.amazonaws.com", "aws:SourceArn", $"arn:aws:events:eu-west-1:{Stranger}:rule/uploads", false)]
    [InlineData("lambda.amazonaws.com", "aws:SourceAccount", Account.Id, false)]
    public async Task Only_buckets_topics_and_rules_of_the_account_may_send(string service, string key, string value, bool may)
    {
        var stack = await account.SmallAsync;

        var policy = await PolicyAsync(stack);

        policy.Allows(Sending(stack, service, key, value)).ShouldBe(may);
        policy.Allows(Sending(stack, service, key, value) with { Action = "sqs:ReceiveMessage" }).ShouldBeFalse();
    }

    [Fact(Timeout = 120_000)]
    public async Task Nobody_sends_without_encryption_on_the_way()
    {
        var stack = await account.SmallAsync;

        var plain = Sending(stack, "s3.amazonaws.com", "aws:SourceAccount", Account.Id);
        plain.Context["aws:SecureTransport"] = "false";

        (await PolicyAsync(stack)).Denies(plain).ShouldBeTrue();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("o-mine12345678", true)]
    [InlineData("o-other1234567", false)]
    public async Task With_an_organization_all_of_it_may_send_and_no_other(string organization, bool may)
    {
        var parameters = account.Example("small-and-cheap");
        parameters["OrganizationId"] = "o-mine12345678";
        var stack = await account.CreateAsync($"org-{organization}", parameters, Cancellation);

        var policy = await PolicyAsync(stack);

        policy.Allows(Sending(stack, "s3.amazonaws.com", "aws:SourceOrgID", organization)).ShouldBe(may);
        policy.Allows(Sending(stack, "", "aws:PrincipalOrgID", organization)).ShouldBe(may);
    }

    private static async Task<Policy> PolicyAsync(CreatedStack stack) =>
        Policy.Parse((await stack.QueueAsync("ScanQueue", Cancellation)).Text("Policy"));

    private static Request Sending(CreatedStack stack, string service, string key, string value) =>
        new("sqs:SendMessage", stack.Outputs["ScanQueueArn"], service) { Context = { [key] = value } };
}
