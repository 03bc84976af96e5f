namespace ClamBucketFleet.Inspection;

/// <summary>The inspection of one object: what was read of it so far, and the ways in which more is read.</summary>
internal sealed class InspectionRun
{
    private readonly IScanEngine _engine;
    private readonly InspectionLimits _limits;
    private readonly WindowScan _windows;
    private readonly UnknownLength _unknown;

    public InspectionRun(IScanEngine engine, InspectionLimits limits, long length)
    {
        (_engine, _limits) = (engine, limits);
        Budget = new ExpansionBudget(length > long.MaxValue / limits.MaxExpansion ? long.MaxValue : length * limits.MaxExpansion);
        _windows = new WindowScan(this, limits);
        _unknown = new UnknownLength(this, limits);
    }

    public MemberTally Tally { get; } = new();

    public ExpansionBudget Budget { get; }

    public long BytesInspected { get; private set; }

    public int Members { get; private set; }

    public int Windows { get; private set; }

    /// <summary>Reads to the end: an archive member by member, anything else, and what is left of it, by windows.</summary>
    /// <param name="reader">Stands at the content's first byte.</param>
    /// <param name="depth">Archives around it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task LookIntoAsync(ForwardReader reader, int depth, CancellationToken cancellationToken)
    {
        var kind = await ContentKinds.OfAsync(reader, cancellationToken).ConfigureAwait(false);
        if (kind != ContentKind.Other && depth >= _limits.MaxDepth)
        {
            Tally.Missed(UnscannableReason.LimitsExceeded);
            kind = ContentKind.Other;
        }

        try
        {
            await WalkAsync(kind, reader, depth, cancellationToken).ConfigureAwait(false);
        }
        catch (BadArchiveException e)
        {
            Tally.Missed(e.Reason);
        }
        catch (BoundReachedException) when (depth == 0)
        {
            Tally.Missed(UnscannableReason.LimitsExceeded);
        }

        if (!await reader.IsAtEndAsync(cancellationToken).ConfigureAwait(false))
            await ReadRestAsync(reader, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One member of an archive whose length is declared.</summary>
    /// <param name="depth">Archives around it.</param>
    public async Task ReadMemberAsync(Stream content, long length, int depth, CancellationToken cancellationToken)
    {
        if (length > _limits.MaxMemberSize)
        {
            using var reader = new ForwardReader(content, length);
            await LookIntoAsync(reader, depth, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (length == 0)
            return;
        Tally.Expect(length);
        if (await AskAsync(content, length, cancellationToken).ConfigureAwait(false) is Clean clean)
            Tally.Add(clean, length);
        BytesInspected += length;
        RefuseTooMuch();
    }

    /// <summary>One member whose length the archive does not say beforehand.</summary>
    /// <param name="depth">Archives around it.</param>
    public async Task ReadUnknownAsync(Stream content, int depth, CancellationToken cancellationToken)
    {
        await _unknown.ReadAsync(content, depth, cancellationToken).ConfigureAwait(false);
        RefuseTooMuch();
    }

    /// <summary>A member is met.</summary>
    public void CountMember()
    {
        if (++Members > _limits.MaxMembers)
            throw new BoundReachedException();
        RefuseTooMuch();
    }

    /// <summary>What an archive says beside its members, where that is long enough to hide something.</summary>
    public async Task ReadBesideAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(bytes.ToArray(), writable: false);
        await ReadMemberAsync(content, bytes.Length, _limits.MaxDepth, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The rest of what cannot be opened.</summary>
    public async Task ReadRestAsync(ForwardReader reader, CancellationToken cancellationToken)
    {
        Tally.Missed(UnscannableReason.TooLarge);
        await _windows.ReadAsync(reader, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One window; the engine's clean answer on it says nothing of the whole.</summary>
    public async Task ReadWindowAsync(Stream window, long length, long fresh, CancellationToken cancellationToken)
    {
        await AskAsync(window, length, cancellationToken, isWindow: true).ConfigureAwait(false);
        Windows++;
        BytesInspected += fresh;
    }

    private Task WalkAsync(ContentKind kind, ForwardReader reader, int depth, CancellationToken cancellationToken) => kind switch
    {
        ContentKind.Zip => new ZipWalker(reader, this, depth + 1).WalkAsync(cancellationToken),
        ContentKind.Gzip => new GzipWalker(reader, this, depth + 1).WalkAsync(cancellationToken),
        ContentKind.Tar => new TarWalker(reader, this, depth + 1).WalkAsync(cancellationToken),
        _ => Task.CompletedTask,
    };

    private async Task<Verdict> AskAsync(Stream content, long length, CancellationToken cancellationToken, bool isWindow = false)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var counted = new CountedStream(content);
        var verdict = await _engine.ScanAtOnceAsync(counted, length, cancellationToken).ConfigureAwait(false);
        switch (verdict)
        {
            case Infected infected:
                throw new FoundException(infected);
            case Clean when counted.BytesRead != length:
                throw new TryAgainException(
                    $"The engine answered after {counted.BytesRead} of {length} bytes: that does not count.");
            case Clean:
                break;
            default:
                if (!isWindow)
                    Tally.Missed((verdict as Unscannable)?.Reason ?? UnscannableReason.LimitsExceeded);
                await counted.DrainAsync(cancellationToken).ConfigureAwait(false);
                break;
        }

        return verdict;
    }

    private void RefuseTooMuch()
    {
        if (Budget.IsSpent)
            throw new BoundReachedException();
    }
}
