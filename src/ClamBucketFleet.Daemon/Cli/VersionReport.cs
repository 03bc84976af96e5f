using System.Globalization;
using System.Reflection;
using System.Text.Json;
using ClamBucketFleet.ClamAv;
using ClamBucketFleet.Options;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary>The versions of program, engine and definitions. No verb: to describe one to the parser takes long.</summary>
internal static class VersionReport
{
    private static readonly TimeSpan EngineLimit = TimeSpan.FromSeconds(5);

    public static string Program { get; } =
        typeof(VersionReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Prints them. Always 0: that there is no engine is said on standard error.</summary>
    public static async Task<int> PrintAsync(
        string? file,
        IReadOnlyDictionary<string, string?> settings,
        bool json,
        CancellationToken cancellationToken)
    {
        var options = ConfigurationLoader.Load(file, settings, queueIsRequired: false);
        EngineInfo? engine = null;
        string? problem = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(EngineLimit);
        try
        {
            engine = await DescribeAsync(options.Scan, limit.Token).ConfigureAwait(false);
        }
        catch (ScannerUnavailableException e)
        {
            problem = e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            problem = "it does not answer";
        }

        if (json)
            WriteJson(engine);
        else
            WriteText(engine);
        if (problem is not null)
            await Console.Error.WriteLineAsync($"clambucketfleet: no engine: {SafeText.Printable(problem)}").ConfigureAwait(false);
        return ExitCode.Done;
    }

    // What answers, without the proof that whoever scans wants: that takes dozens of scans.
    private static async Task<EngineInfo> DescribeAsync(ScanOptions scan, CancellationToken cancellationToken)
    {
        if (scan.Engine != EngineKind.Clamscan)
        {
            try
            {
                return await EngineFactory.DescribeClamdAsync(scan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
            catch (ScannerUnavailableException) when (scan.Engine == EngineKind.Auto)
            {
                scan = scan with { Engine = EngineKind.Clamscan };
            }
        }

        await using var clamscan = EngineFactory.Create(scan, NullLoggerFactory.Instance, TimeProvider.System);
        return await clamscan.DescribeAsync(cancellationToken).ConfigureAwait(false);
    }

    private static void WriteText(EngineInfo? engine)
    {
        Console.Out.WriteLine($"clambucketfleet {Program}");
        if (engine is null)
            return;
        Console.Out.WriteLine($"engine          {engine.Version} ({engine.Kind})");
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"definitions     {engine.DefinitionsVersion ?? "none"}{(engine.DefinitionsPublished is { } published ? $" of {published.UtcDateTime:yyyy-MM-dd HH:mm} UTC" : "")}"));
    }

    private static void WriteJson(EngineInfo? engine)
    {
        using var writer = new Utf8JsonWriter(Console.OpenStandardOutput());
        writer.WriteStartObject();
        writer.WriteString("program", Program);
        writer.WriteString("engine", engine?.Version);
        writer.WriteString("engineKind", engine?.Kind);
        writer.WriteStartObject("definitions");
        writer.WriteString("version", engine?.DefinitionsVersion);
        if (engine?.DefinitionsPublished is { } published)
            writer.WriteString("published", published.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        else
            writer.WriteNull("published");
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        Console.Out.WriteLine();
    }
}
