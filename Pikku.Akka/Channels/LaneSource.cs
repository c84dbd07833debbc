using Akka.Streams;
using Akka.Streams.Stage;

namespace Pikku.Akka.Channels;

/// <summary>The source of a lane. Emits the items of the queue, and waits while the queue is empty.</summary>
/// <param name="queue">The queue of the lane.</param>
internal sealed class LaneSource<T>(LaneQueue<T> queue) : GraphStage<SourceShape<T>>
    where T : class
{
    private readonly Outlet<T> _out = new("lane");

    public override SourceShape<T> Shape => new(_out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, queue);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly LaneSource<T> _stage;
        private readonly LaneQueue<T> _queue;

        public Logic(LaneSource<T> stage, LaneQueue<T> queue)
            : base(stage.Shape)
        {
            _stage = stage;
            _queue = queue;
            SetHandler(stage._out, this);
        }

        public override void PreStart() => _queue.Attach(Waker());

        public override void OnPull()
        {
            if (_queue.TryTake(out var item))
                Push(_stage._out, item);
        }

        // The overload with a parameter is used because the overload without one allocates a closure for each call.
        private Action Waker()
        {
            var wake = GetAsyncCallback<LaneQueue<T>>(_ => OnWake());
            return () => wake(_queue);
        }

        private void OnWake()
        {
            if (IsAvailable(_stage._out))
                OnPull();
        }
    }
}
