using System.Text;

namespace ClamBucketFleet.TestKit;

/// <summary>What a process wrote so far, and the means to wait for a line of it.</summary>
public sealed class OutputLines
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = NewSignal();
    private bool _ended;

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock) return [.. _lines];
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var line in Lines) text.Append(line).Append('\n');
        return text.ToString();
    }

    internal async Task ReadAsync(TextReader reader)
    {
        while (await reader.ReadLineAsync() is { } line) Change(() => _lines.Add(line));
        Change(() => _ended = true);
    }

    /// <summary>The first line that contains the text, be it written already; null when the output ends before.</summary>
    internal async Task<string?> WaitForAsync(string text, CancellationToken cancellationToken)
    {
        for (var read = 0; ;)
        {
            Task changed;
            lock (_lock)
            {
                for (; read < _lines.Count; read++)
                {
                    if (_lines[read].Contains(text, StringComparison.Ordinal)) return _lines[read];
                }
                if (_ended) return null;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken);
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            changed = _changed;
            _changed = NewSignal();
        }
        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
