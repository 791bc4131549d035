// One thing at a time.

import { expect, test, vi } from "vitest";

import { Activity, type Task } from "./activity.svelte";

/** Work that ends when the test says so. */
function work() {
  let end = (_error?: Error) => {};
  const began = vi.fn();
  const done = new Promise<void>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve());
  });
  const run = async (task: Task) => {
    began(task);
    task.say("working");
    await done;
  };
  return { run, began, end };
}

test("what follows waits for what is under way, and is not done if that fails", async () => {
  const fail = vi.fn();
  const activity = new Activity(fail);
  const [first, second, third] = [work(), work(), work()];
  const done = [activity.follow("stepping", first.run), activity.follow("stepping", second.run)];
  expect(activity.text).toBe("working");
  expect(second.began).not.toHaveBeenCalled();
  first.end();
  expect(await done[0]).toBe(true);
  await vi.waitFor(() => expect(second.began).toHaveBeenCalled());
  done.push(activity.follow("running", third.run));
  const error = new Error("it stumbled");
  second.end(error);
  expect(await Promise.all(done)).toEqual([true, false, false]);
  expect(third.began).not.toHaveBeenCalled();
  expect(fail.mock.calls).toEqual([[error]]);
  expect(activity.text).toBeUndefined();
  expect(activity.task).toBeUndefined();
});

test("what replaces others begins at once; they are aborted, and say nothing any more", async () => {
  const fail = vi.fn();
  const activity = new Activity(fail);
  const [first, waiting, second] = [work(), work(), work()];
  const done = [activity.follow("loading", first.run), activity.follow("running", waiting.run)];
  done.push(activity.replace("painting", second.run));
  expect(second.began).toHaveBeenCalled();
  const [task] = first.began.mock.calls[0] as [Task];
  expect(task.signal.aborted).toBe(true);
  task.say("too late");
  expect(activity.text).toBe("working");
  first.end(new Error("aborted"));
  second.end();
  expect(await Promise.all(done)).toEqual([false, false, true]);
  expect(waiting.began).not.toHaveBeenCalled();
  expect(fail).not.toHaveBeenCalled();
});

test("a run that waits is paused, and what it waits for goes on", async () => {
  const activity = new Activity(() => {});
  const [loading, running] = [work(), work()];
  const done = [activity.follow("loading", loading.run), activity.follow("running", running.run)];
  expect(activity.has("running")).toBe(true);
  activity.cancel("running", "stepping");
  expect(activity.has("running")).toBe(false);
  expect(activity.task?.what).toBe("loading");
  loading.end();
  expect(await Promise.all(done)).toEqual([true, false]);
  expect(running.began).not.toHaveBeenCalled();
});
