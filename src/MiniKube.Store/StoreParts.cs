using Microsoft.Extensions.Logging;

namespace MiniKube.Store;

/// <summary>What a start brings back from the disk: the newest good image and, on top of it, the journal.</summary>
internal sealed record StoreParts(
    StoreMemory Memory, NewestObjects Newest, JournalFile Journal, ImageArchive Images, DiskForm Form)
{
    /// <exception cref="StoreException">The disk does not have what was acknowledged.</exception>
    public static StoreParts Recover(IDisk disk, StoreOptions options, TimeProvider time, ILogger logger)
    {
        var form = new DiskForm(options.Seal);
        var (start, good) = new ImageChoice(disk, form, logger).Load();
        var memory = new StoreMemory(start, options, time);
        var recovery = new Recovery(memory, form);
        var replay = new JournalReplay(disk, logger);
        var journal = new JournalFile(disk, form, options.SegmentBytes, replay.Run(recovery));
        if (replay.HasOldSegment)
        {
            journal.Seal();
        }

        options.Seal?.Begin(form.HasOldForms);
        disk.Delete(ImageName.Unfinished); // Only now: a refused start changes nothing.
        var images = new ImageArchive(disk, form, journal, good, options, logger);
        return new StoreParts(memory, recovery.Finish(), journal, images, form);
    }
}
