using System.Globalization;
using System.Net.Http.Json;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Bench.Stub;

/// <summary>The stub in a process of its own, so that what it costs is not the daemon's.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;

    private StubServer(ChildProcess process, Uri endpoint)
    {
        _process = process;
        Http = new HttpClient { BaseAddress = endpoint, Timeout = TimeSpan.FromMinutes(5) };
    }

    public int Pid => _process.Id;

    /// <summary>For those who ask as a client without the SDK would.</summary>
    public HttpClient Http { get; }

    /// <summary>What leads a program with any AWS SDK here.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentVariables => new Dictionary<string, string>
    {
        ["AWS_ENDPOINT_URL"] = Http.BaseAddress!.ToString(),
        ["AWS_ACCESS_KEY_ID"] = "test",
        ["AWS_SECRET_ACCESS_KEY"] = "test",
        ["AWS_REGION"] = "eu-west-1",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    public static async Task<StubServer> StartAsync(CancellationToken cancellationToken)
    {
        var process = new Command(Path.Combine(AppContext.BaseDirectory, "ClamBucketFleet.Bench"), "stub").Start();
        try
        {
            var line = await process.WaitForLineAsync(StubHost.Announcement, StartLimit, cancellationToken);
            return new StubServer(process, new Uri(line[StubHost.Announcement.Length..]));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public Task LoadAsync(Load load, CancellationToken cancellationToken) => PostAsync("/bench/load", JsonContent.Create(load), cancellationToken);

    /// <summary>From now on messages are handed out.</summary>
    public Task OpenAsync(CancellationToken cancellationToken) => PostAsync("/bench/open", null, cancellationToken);

    /// <summary>Waits until so many messages are deleted, or somebody ends early.</summary>
    public async Task WaitForDeletedAsync(int messages, Func<bool> goesOn, CancellationToken cancellationToken)
    {
        while (goesOn())
        {
            var deleted = await Http.GetStringAsync(new Uri($"/bench/wait?deleted={messages}", UriKind.Relative), cancellationToken);
            if (int.Parse(deleted, CultureInfo.InvariantCulture) >= messages)
                return;
        }
    }

    public async Task<StubReport> ReportAsync(CancellationToken cancellationToken) =>
        (await Http.GetFromJsonAsync<StubReport>(new Uri("/bench/report", UriKind.Relative), cancellationToken))!;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }

    private async Task PostAsync(string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var answer = await Http.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }
}
