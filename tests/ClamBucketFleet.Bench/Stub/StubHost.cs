using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace ClamBucketFleet.Bench.Stub;

/// <summary>
/// S3, SQS and SNS on one loopback port, as fast as Kestrel is, for one queue and one bucket. <c>/bench/…</c> is for the
/// benchmark: load, open the queue, wait, report.
/// </summary>
internal static class StubHost
{
    /// <summary>What it says once it listens, before its address.</summary>
    public const string Announcement = "Stub on ";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        // With no configuration either: the file that it may be in is watched for, with every directory beside it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            // A scanner that is busy reads slowly, and that is no reason to hang up.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.AddServerHeader = false;
        });
        await using var app = builder.Build();
        World? world = null;
        app.Run(http => http.Request.Path.StartsWithSegments("/bench", out var command) && command.Value!.Count(c => c == '/') == 1
            ? ControlAsync(command.Value!, http)
            : ServeAsync(world, http));
        await app.StartAsync(cancellationToken);
        Console.WriteLine($"{Announcement}{app.Urls.First()}");
        await app.WaitForShutdownAsync(cancellationToken);

        async Task ControlAsync(string command, HttpContext http)
        {
            switch (command)
            {
                case "/load":
                    var load = await http.Request.ReadFromJsonAsync<Load>(http.RequestAborted);
                    world?.Dispose();
                    world = new World(load!, TimeProvider.System);
                    break;
                case "/open":
                    world!.Queue.Open();
                    break;
                case "/wait":
                    await WaitAsync(world!, http);
                    break;
                case "/report":
                    await http.Response.WriteAsJsonAsync(world!.Report(), http.RequestAborted);
                    break;
                default:
                    http.Response.StatusCode = StatusCodes.Status404NotFound;
                    break;
            }
        }
    }

    // Answers with how many are deleted, at the latest after LongestWait.
    private static async Task WaitAsync(World world, HttpContext http)
    {
        var deleted = int.Parse(http.Request.Query["deleted"].ToString(), CultureInfo.InvariantCulture);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        limit.CancelAfter(LongestWait);
        try
        {
            await world.Queue.WaitForAsync(deleted, limit.Token);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            // The asker looks at the number and asks again.
        }

        await http.Response.WriteAsync(world.Queue.Deleted.ToString(CultureInfo.InvariantCulture), http.RequestAborted);
    }

    private static async Task ServeAsync(World? world, HttpContext http)
    {
        if (world is null)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        try
        {
            if (world.Load.FirstByte > TimeSpan.Zero)
                await Task.Delay(world.Load.FirstByte, TimeProvider.System, http.RequestAborted);
            var target = http.Request.Headers["X-Amz-Target"].ToString();
            await (target.Length > 0 ? SqsService.HandleAsync(world, target[(target.IndexOf('.', StringComparison.Ordinal) + 1)..], http)
                : http.Request.Path == "/" ? SnsService.HandleAsync(world, http)
                : S3Service.HandleAsync(world, http));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has hung up: a daemon that was killed, or a scan that needed no more.
        }
    }
}
