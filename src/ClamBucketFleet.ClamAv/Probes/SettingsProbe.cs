namespace ClamBucketFleet.ClamAv;

/// <summary>
/// Finds out what clamd's settings are, which no command tells, by small objects that only some settings let through
/// as clean.
/// </summary>
internal static class SettingsProbe
{
    private static readonly Probe[] Probes =
    [
        new("AlertExceedsMax yes", "what lies past a limit of size, number, depth or time is called clean", ProbeObjects.NestedTooDeep),
        new("AlertEncryptedArchive yes", "an encrypted archive is called clean", ProbeObjects.EncryptedZip),
        new("AlertEncryptedDoc yes", "an encrypted PDF is called clean", ProbeObjects.EncryptedPdf),
        new("ScanArchive yes", "whatever is in an archive is called clean", EicarFile.Zip),
        new("ScanPDF yes", "whatever is in a PDF is called clean", ProbeObjects.Pdf),
        new("ScanMail yes", "whatever is attached to a mail is called clean", ProbeObjects.Mail),
        new("ScanHTML yes", "whatever is in a web page is called clean", ProbeObjects.Html),
        new("ScanOLE2 yes", "whatever is in an Office document is called clean", ProbeObjects.Ole),
        new("ScanOneNote yes", "whatever is in a OneNote file is called clean", ProbeObjects.OneNote),
        new("HeuristicScanPrecedence no", "a virus beside an encrypted member is not named", ProbeObjects.EncryptedBesideEicar)
        {
            IsHidden = verdict => verdict is Unscannable { Reason: UnscannableReason.Encrypted },
        },
    ];

    /// <summary>Every line that is missing, in the order of the table.</summary>
    public static async Task<IReadOnlyList<ClamdSetting>> RunAsync(ClamdClient client, CancellationToken cancellationToken)
    {
        // Beside each other: a daemon that starts waits for all of them.
        var sizes = SizesProbe.CutsInSilenceAtAsync(client, cancellationToken);
        var speaks = await Task.WhenAll(Probes.Select(probe => SpeaksAsync(client, probe, cancellationToken)).Append(IgnoreAsync(sizes)));
        var missing = Probes.Where((_, i) => !speaks[i]).Select(probe => new ClamdSetting(probe.Line, probe.Otherwise)).ToList();

        // Without the alert, no answer tells where a limit is.
        if (missing.Any(setting => setting.Line.StartsWith("AlertExceedsMax", StringComparison.Ordinal)) ||
            await sizes < SizesProbe.NearlyAll)
        {
            missing.AddRange(SizesProbe.Settings);
        }

        return missing;
    }

    /// <summary>What ClamAV itself has no setting for, and signatures of this program's make up for.</summary>
    public static async Task<IReadOnlyList<string>> BlindSpotsAsync(ClamdClient client, CancellationToken cancellationToken)
    {
        const string advice = "which comes with this program, into clamd's DatabaseDirectory and reload it";
        var spots = new List<string>();
        if (await IsCleanAsync(ProbeObjects.EncryptedOffice()))
            spots.Add($"an encrypted Office document is called clean: copy clambucketfleet.ldb, {advice}");
        if (await IsCleanAsync(ProbeObjects.EncryptedRar()))
            spots.Add($"whatever is in a RAR archive is called clean: install libclamunrar, or copy clambucketfleet-rar.ldb, {advice}");
        if (await SizesProbe.CutsInSilenceAtAsync(client, cancellationToken) >= SizesProbe.NearlyAll)
            spots.Add("what lies past two gigabytes in a member of a ZIP archive is called clean: put 'MaxScanSize 2147483647' at the top of clamd.conf");
        return spots;

        async Task<bool> IsCleanAsync(byte[] bytes)
        {
            using var content = new MemoryStream(bytes, writable: false);
            return await client.ScanAsync(content, bytes.Length, cancellationToken) is Clean;
        }
    }

    private static async Task<bool> SpeaksAsync(ClamdClient client, Probe probe, CancellationToken cancellationToken)
    {
        var bytes = probe.Make();
        using var content = new MemoryStream(bytes, writable: false);
        return !probe.IsHidden(await client.ScanAsync(content, bytes.Length, cancellationToken));
    }

    // Waited for with the others, whatever it ends with; what that is, is asked for where it counts.
    private static async Task<bool> IgnoreAsync(Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return true;
    }

    // Any answer but OK speaks: a limit that is lower than the probe is one that is heard of.
    private sealed record Probe(string Line, string Otherwise, Func<byte[]> Make)
    {
        public Func<Verdict, bool> IsHidden { get; init; } = verdict => verdict is Clean;
    }
}
