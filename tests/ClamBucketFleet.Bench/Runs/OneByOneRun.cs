using System.Net.Http.Headers;
using System.Text.Json;
using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.Bench.Stub;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Bench.Runs;

/// <summary>
/// What the older systems do for each object, one after the other: receive a message, download the object to a file, have
/// a program scan the file, delete the message.
/// </summary>
/// <param name="stub">AWS.</param>
/// <param name="corpus">The content.</param>
/// <param name="load">The messages.</param>
/// <param name="scan">The program with its arguments, for a file.</param>
internal sealed class OneByOneRun(StubServer stub, Corpus corpus, Load load, Func<string, Command> scan)
{
    public async Task<Sample> RunAsync(CancellationToken cancellationToken)
    {
        using var directory = new TemporaryDirectory();
        var wrong = new List<string>();
        await stub.LoadAsync(load, cancellationToken);
        await stub.OpenAsync(cancellationToken);
        for (var i = 0; i < load.Messages; i++)
        {
            var (receipt, key) = await ReceiveAsync(cancellationToken);
            var entry = corpus.Objects[load.First + (i % load.Count)];
            var file = directory.Combine("object");
            await DownloadAsync(key, file, cancellationToken);
            var result = await scan(file).RunAsync(cancellationToken);
            if (result.ExitCode != (entry.Infected ? 1 : 0))
                wrong.Add($"{key}: exit code {result.ExitCode}\n{result.Output}{result.Error}");
            (await AskAsync("DeleteMessage", new { QueueUrl = SqsService.Url, ReceiptHandle = receipt }, cancellationToken)).Dispose();
        }

        var report = await stub.ReportAsync(cancellationToken);
        var seconds = report.Times.Max(time => time.Deleted) / 1000;
        var bytes = report.Times.Sum(time => corpus.Objects[load.First + (time.Message % load.Count)].Size);
        return new Sample(report.Deleted, bytes, seconds, wrong)
        {
            WorkP50 = Statistics.Median(report.Times.Select(time => time.Deleted - time.Received)),
            WorkP99 = Statistics.Quantile(report.Times.Select(time => time.Deleted - time.Received), 0.99),
            Requests = report.Requests,
        };
    }

    private async Task<(string Receipt, string Key)> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var answer = await AskAsync("ReceiveMessage", new { QueueUrl = SqsService.Url, MaxNumberOfMessages = 1, VisibilityTimeout = 600, WaitTimeSeconds = 20 }, cancellationToken);
        var message = answer.RootElement.GetProperty("Messages")[0];
        using var body = JsonDocument.Parse(message.GetProperty("Body").GetString()!);
        var key = body.RootElement.GetProperty("Records")[0].GetProperty("s3").GetProperty("object").GetProperty("key").GetString()!;
        return (message.GetProperty("ReceiptHandle").GetString()!, key);
    }

    private async Task DownloadAsync(string key, string file, CancellationToken cancellationToken)
    {
        await using var content = await stub.Http.GetStreamAsync(new Uri($"/{World.Bucket}/{key}", UriKind.Relative), cancellationToken);
        await using var into = File.Create(file);
        await content.CopyToAsync(into, cancellationToken);
    }

    private async Task<JsonDocument> AskAsync(string operation, object input, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(input)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.0");
        request.Headers.Add("X-Amz-Target", $"AmazonSQS.{operation}");
        using var answer = await stub.Http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
    }
}
