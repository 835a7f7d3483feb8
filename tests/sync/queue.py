"""A task backend with a worker: what is enqueued waits until the test works it off."""

from django_tasks.backends.base import BaseTaskBackend

from wagtail_villes_internet.sync.tasks import synchronise

TASKS = {"default": {"BACKEND": "tests.sync.queue.Queue"}}


class Queue(BaseTaskBackend):
    """Holds our tasks, in order; Wagtail's own, of its indexes, are run at once.

    `is_down`: it takes none of ours, as a queue that nobody reaches.
    """

    waiting: list[tuple] = []
    is_down = False

    def enqueue(self, task, args, kwargs):
        if task.func != synchronise.func:
            return task.call(*args, **kwargs)
        if self.is_down:
            raise ConnectionError("the queue does not answer")
        return self.waiting.append((task, args, kwargs))

    @classmethod
    def take(cls) -> list[tuple]:
        """What was enqueued since the last time this was asked."""
        taken, cls.waiting[:] = list(cls.waiting), []
        return taken

    @classmethod
    def work(cls) -> int:
        """Run everything that waits, as a worker would; how many tasks there were."""
        taken = cls.take()
        for task, args, kwargs in taken:
            task.call(*args, **kwargs)
        return len(taken)
