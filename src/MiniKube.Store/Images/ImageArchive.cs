using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// Writes an image when the journal has grown enough, on a thread of its own, and then drops what two good images make
/// superfluous: older images, and the journal up to the older of the two.
/// </summary>
internal sealed partial class ImageArchive : IAsyncDisposable
{
    // A damaged image is replaced by the one before and the journal since then.
    private const int ImagesKept = 2;

    private readonly IDisk _disk;
    private readonly DiskForm _form;
    private readonly JournalFile _journal;
    private readonly StoreOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private ImmutableArray<ImageName> _good;
    private Revision _last;
    private Task _running = Task.CompletedTask;

    public ImageArchive(
        IDisk disk,
        DiskForm form,
        JournalFile journal,
        ImmutableArray<ImageName> good,
        StoreOptions options,
        ILogger logger)
    {
        _form = form;
        _disk = disk;
        _journal = journal;
        _good = good;
        _last = good is [var newest, ..] ? newest.Revision : Revision.Zero;
        _options = options;
        _logger = logger;
    }

    /// <summary>
    /// Starts an image if one is due and none is being written. Called by the writer thread after a commit.
    /// </summary>
    public void Consider(Snapshot snapshot)
    {
        if (!_running.IsCompleted || _journal.BytesAfter(_last) < Due(snapshot))
        {
            return;
        }

        // The next image is due when as much has been written again, also when this one fails.
        _last = snapshot.Current;
        _journal.Seal();
        _running = Task.Factory.StartNew(
            () => Write(snapshot), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>
    /// Writes two images of everything and drops the images before them, once the one that is being written is done. Called by the
    /// writer thread, which calls <see cref="JournalFile.DropSealed"/> when the task has ended.
    /// </summary>
    public Task Rewrite(Snapshot snapshot)
    {
        _last = snapshot.Current;
        _journal.Seal();
        var before = _running;
        var rewriting = Task.Run(async () =>
        {
            await before;
            var writer = new ImageWriter(_disk, _form);
            _good = [writer.Write(snapshot, _stopping.Token), writer.Write(snapshot, _stopping.Token)];
            Drop();
        });
        _running = rewriting.ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return rewriting;
    }

    /// <summary>Gives up an unfinished image: the journal has all of it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    /// <summary>
    /// A third of the live data and of a segment. The journal since the older of two images is then about two thirds of
    /// both, which leaves room on the disk for three images (one of them being written) and for what is written
    /// meanwhile; and a restart reads little more than the live data, however much was overwritten.
    /// </summary>
    private long Due(Snapshot snapshot) => (snapshot.LiveBytes + _options.SegmentBytes) / 3;

    private void Write(Snapshot snapshot)
    {
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        try
        {
            var image = new ImageWriter(_disk, _form).Write(snapshot, _stopping.Token);
            _good = [image, .. _good.Take(ImagesKept - 1)];
            Drop();
            Log.Written(_logger, _disk.PathOf(image.ToString()), snapshot.Current);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            _disk.Delete(ImageName.Unfinished);
        }
        catch (Exception error)
        {
            // The journal has everything; it only stays longer than it should.
            Log.Failed(_logger, error);
        }
    }

    private void Drop()
    {
        foreach (var name in _disk.List())
        {
            if (ImageName.TryParse(name, out var image) && !_good.Contains(image))
            {
                _disk.Delete(name);
            }
        }

        if (_good.Length == ImagesKept)
        {
            _journal.DropUpTo(_good[^1].Revision);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1031, LogLevel.Debug, "Image {File} of revision {Revision} written")]
        public static partial void Written(ILogger logger, string file, Revision revision);

        [LoggerMessage(1032, LogLevel.Warning,
            "Writing an image failed; nothing is lost, but the journal grows until one succeeds: see to the disk")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
