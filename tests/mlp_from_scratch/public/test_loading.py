"""Splitting the training data, and organising data in batches."""

import unittest
from itertools import islice

import numpy as np
import utils
from studentkit import assert_close, assert_same, data_folder, task


@task("data_loading")
class TestLoading(unittest.TestCase):
    """`utils.load_mnist_trainval`."""

    def test_the_first_80_percent_are_for_training(self):
        """load_mnist_trainval splits off the first 80 % of the rows for training."""
        path = data_folder() / "mnist_train.csv"
        self.assertTrue(path.is_file(), f"{path} is missing; download it with data/get_data.sh")
        with path.open() as file:
            labels = [int(line.split(",", 1)[0]) for line in file]

        train_data, train_label, val_data, val_label = utils.load_mnist_trainval()

        size = len(train_data)
        self.assertLess(abs(size - 0.8 * len(labels)), 1, "the size of the training part")
        self.assertEqual(len(train_label), size, "every training image needs its label")
        self.assertEqual(len(val_data), len(labels) - size, "the size of the validation part")
        self.assertEqual(len(val_label), len(val_data), "every validation image needs its label")
        assert_same(list(islice(train_label, 10)), labels[:10], "the first training labels")
        assert_same(
            list(islice(val_label, 10)), labels[size : size + 10], "the first validation labels"
        )


@task("batching")
class TestBatching(unittest.TestCase):
    """`utils.generate_batched_data`."""

    def setUp(self):
        self.data = [[float(number), number + 0.5] for number in range(10)]
        self.label = [number % 3 for number in range(10)]

    def test_batches_keep_the_order(self):
        """Without shuffling, batches hold the samples and labels in their order."""
        batched_data, batched_label = utils.generate_batched_data(self.data, self.label, 5)
        self.assertEqual(len(batched_data), 2, "the number of batches")
        self.assertEqual(len(batched_label), 2, "the number of batches of labels")
        assert_close(batched_data[1], np.array(self.data[5:]), "the second batch")
        assert_same(batched_label[1], np.array(self.label[5:]), "the labels of the second batch")

    def test_the_last_batch_may_be_short(self):
        """Where the batch size does not divide the number of samples, the last batch is short."""
        batched_data, batched_label = utils.generate_batched_data(self.data, self.label, 4)
        self.assertEqual([len(batch) for batch in batched_data], [4, 4, 2])
        self.assertEqual([len(batch) for batch in batched_label], [4, 4, 2])
        assert_close(batched_data[2], np.array(self.data[8:]), "the last batch")
        assert_same(batched_label[2], np.array(self.label[8:]), "the labels of the last batch")

    def test_labels_are_shuffled_along_with_their_samples(self):
        """After shuffling, every sample still has its own label."""
        batched_data, batched_label = utils.generate_batched_data(
            self.data, self.label, 10, shuffle=True, seed=1
        )
        numbers = [int(sample[0]) for sample in batched_data[0]]
        self.assertEqual(sorted(numbers), list(range(10)), "each sample is there once")
        self.assertNotEqual(numbers, list(range(10)), "the order has to change")
        expected = np.array([self.label[number] for number in numbers])
        assert_same(batched_label[0], expected, "the labels in the new order")


if __name__ == "__main__":
    unittest.main()
